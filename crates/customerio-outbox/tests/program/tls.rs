//! PostgreSQL over TLS.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::{
    server::Server,
    support::{Folder, LONG, Place, filled, program, said},
};

/// A CA, and a server of `localhost` that it vouches for: files named `ca.pem`, `server.pem` and `server.key`.
fn certificates(folder: &Folder) {
    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "the authority");
    fs::write(folder.path("ca.pem"), authority.self_signed(&authority_key).unwrap().pem()).unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    fs::write(folder.path("server.pem"), certificate.pem()).unwrap();
    let path = folder.path("server.key");
    fs::write(&path, key.serialize_pem()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    // As root, another user runs the server.
    if nix::unistd::geteuid().is_root() {
        assert!(Command::new("chown").arg("postgres").arg(&path).status().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_verified() {
    // An address of its own, so that the port is free.
    let [.., a, b, c] = std::process::id().to_be_bytes();
    let address = format!("127.{}.{b}.{}", a | 1, c.clamp(1, 254));
    let listen = format!("listen_addresses={address}");
    let Some(server) = Server::start(&["-c", "fsync=off", "-c", &listen]) else { return };
    let database = Arc::new(server).database().await;
    drop(filled(&Place::Database(database.clone())).await);

    // The server reads them as another user.
    let folder = Folder::in_(&std::env::temp_dir());
    certificates(&folder);
    for (name, file) in [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key")] {
        database.run(&format!("alter system set {name} = '{}'", folder.path(file).display())).await;
    }
    database.run("alter system set ssl = on").await;
    database.run("select pg_reload_conf()").await;
    let is_on = "select count(*) from pg_settings where name = 'ssl' and setting = 'on'";
    let begun = std::time::Instant::now();
    while database.number(is_on).await == 0 {
        assert!(begun.elapsed() < LONG, "TLS is not on");
    }

    let name = database.place().rsplit_once("dbname=").unwrap().1;
    let run = |host: &str, mode: &str, ca: Option<&str>| {
        let url = format!("postgres://postgres@{host}/{name}?hostaddr={address}&sslmode={mode}");
        let mut command = program();
        command.env("CUSTOMERIO_OUTBOX_POSTGRES", url).args(["list", "--dead"]);
        if let Some(ca) = ca {
            command.arg("--ca").arg(folder.path(ca));
        }
        said(&command.output().unwrap())
    };
    for mode in ["prefer", "require"] {
        let (code, printed, error) = run("localhost", mode, Some("ca.pem"));
        assert!(code == 0 && printed.lines().count() == 3, "{mode}: {printed}{error}");
        let (code, _, error) = run("localhost", mode, Some("server.key"));
        assert!(code == 3 && error.contains("server.key: there is none"), "{mode}: {error}");
    }
    let (code, _, error) = run("db.example.com", "require", Some("ca.pem"));
    assert!(code == 3 && error.contains("not valid for name"), "{error}");
    let hint = "name its CA with --ca, or add sslmode=disable to the URL if the network is trusted";
    let (code, _, error) = run("localhost", "require", None);
    assert!(code == 3 && error.contains(hint), "{error}");
    let (code, printed, error) = run("db.example.com", "disable", None);
    assert!(code == 0 && printed.lines().count() == 3, "{error}");
}
