//! This machine's own certificate authority, in a folder.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier as _},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};

use crate::server::tls::Tls;

/// What every server is called, beside the names that it is given.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long it is trusted. To trust one for longer, create another.
const AUTHORITY_DAYS: u32 = 3_650;

/// Some systems take a server's certificate for at most 398 days.
const SERVER_DAYS: u32 = 397;

const CERTIFICATE: &str = "ca.pem";

const KEY: &str = "ca.key";

/// A certificate authority in a folder, for programs to trust.
///
/// It is limited to loopback addresses, `localhost` and the names that it was created for (name constraints in its
/// certificate): its key is of no use for any other site.
///
/// ```
/// use customerio_emulator::{Authority, Emulator, Listeners};
/// use std::net::TcpListener;
///
/// # let folder = std::env::temp_dir().join(format!("customerio-emulator-authority-{}", std::process::id()));
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(async move {
/// let authority = Authority::open(&folder, &[])?;
/// let tls = authority.server(&[])?;
/// let listeners = Listeners::http(TcpListener::bind("127.0.0.1:0")?).and_https(TcpListener::bind("127.0.0.1:0")?, &tls);
/// let server = Emulator::new().serve_on(listeners)?;
/// assert!(server.https_url().is_some_and(|url| url.starts_with("https://127.0.0.1:")));
/// assert!(authority.certificate_path().ends_with("ca.pem"));
/// server.shutdown().await;
/// # std::fs::remove_dir_all(folder) }).await }).unwrap().unwrap();
/// ```
pub struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    certificate_path: PathBuf,
}

impl Authority {
    /// Opens the authority in a folder, or creates one there that also covers `names`.
    ///
    /// The certificate is in `ca.pem`. `ca.key` has the key and the certificate, readable only for the owner.
    ///
    /// # Errors
    ///
    /// Fails if the files cannot be read or written, or are not those of an authority.
    pub fn open(folder: &Path, names: &[String]) -> io::Result<Self> {
        match fs::read(folder.join(KEY)) {
            Ok(kept) => Self::of(folder, &kept),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Another process may just have made one: that one counts.
                make(folder, names, |made, key| fs::hard_link(made, key).or_else(|error| allow_existing(key, error)))?;
                Self::of(folder, &fs::read(folder.join(KEY))?)
            }
            Err(error) => Err(error),
        }
    }

    /// Replaces the authority of a folder with a new one, which nothing trusts yet.
    ///
    /// # Errors
    ///
    /// See [`open`](Self::open).
    pub fn renew(folder: &Path, names: &[String]) -> io::Result<Self> {
        make(folder, names, |made, key| fs::rename(made, key))?;
        Self::of(folder, &fs::read(folder.join(KEY))?)
    }

    /// The file with the certificate as PEM, which a client must trust.
    #[must_use]
    pub fn certificate_path(&self) -> &Path {
        &self.certificate_path
    }

    /// Issues a server certificate for `names`, `localhost`, `127.0.0.1` and `::1`. It is valid for a year.
    ///
    /// # Errors
    ///
    /// Fails if a client that trusts the authority would refuse the certificate: the authority was created for other
    /// names, or has expired.
    pub fn server(&self, names: &[String]) -> io::Result<Tls> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = CertificateParams::new(all(names)).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, "customerio-emulator");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Newer versions of Python ask for it.
        params.use_authority_key_identifier_extension = true;
        valid_for(&mut params, SERVER_DAYS);
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?.der().clone();
        self.verify(&certificate, names)?;
        Tls::new(certificate, &key, provider()).map_err(io::Error::other)
    }

    /// As a client would that trusts the authority.
    fn verify(&self, certificate: &CertificateDer<'_>, names: &[String]) -> io::Result<()> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).map_err(io::Error::other)?;
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider());
        let verifier = verifier.build().map_err(io::Error::other)?;
        for name in all(names) {
            let server = ServerName::try_from(name.as_str()).map_err(io::Error::other)?;
            verifier.verify_server_cert(certificate, &[], &server, &[], UnixTime::now()).map_err(|error| {
                let path = self.certificate_path.display();
                io::Error::other(format!(
                    "the authority of {path} does not vouch for {} ({error})",
                    all(names).join(", ")
                ))
            })?;
        }
        Ok(())
    }

    fn of(folder: &Path, kept: &[u8]) -> io::Result<Self> {
        let path = folder.join(KEY);
        let invalid = || {
            let text = format!("{} has no key and certificate: remove it, and another is made", path.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        };
        let text = str::from_utf8(kept).map_err(|_| invalid())?;
        let certificate = CertificateDer::from_pem_slice(kept).map_err(|_| invalid())?;
        let key = KeyPair::from_pem(text).map_err(|_| invalid())?;
        let begin = text.find("-----BEGIN CERTIFICATE").ok_or_else(invalid)?;
        let certificate_path = folder.join(CERTIFICATE);
        if fs::read(&certificate_path).ok().as_deref() != Some(&kept[begin..]) {
            write_whole(&certificate_path, &kept[begin..], 0o644, |made, path| fs::rename(made, path))?;
        }
        Ok(Self { certificate, issuer: Issuer::new(authority(&key, &[]), key), certificate_path })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("certificate_path", &self.certificate_path).finish_non_exhaustive()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn all(names: &[String]) -> Vec<String> {
    OWN_NAMES.into_iter().map(str::to_owned).chain(names.iter().cloned()).collect()
}

fn valid_for(params: &mut CertificateParams, days: u32) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let epoch = date_time_ymd(1970, 1, 1);
    // Clocks differ.
    params.not_before = epoch + now.saturating_sub(DAY);
    params.not_after = epoch + now + DAY * days;
}

/// The authority of a key. Its name is the same each time, so the certificate itself need not be read to sign with it.
fn authority(key: &KeyPair, names: &[String]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let number: Vec<_> = params.key_identifier(key).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    params.distinguished_name.push(DnType::CommonName, format!("customerio-emulator {}", number.concat()));
    let permitted_subtrees = all(names).into_iter().map(subtree).collect();
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    valid_for(&mut params, AUTHORITY_DAYS);
    params
}

/// What an authority may vouch for: a name with what is below it, or an address.
fn subtree(name: String) -> GeneralSubtree {
    let Ok(address) = name.parse::<IpAddr>() else { return GeneralSubtree::DnsName(name) };
    GeneralSubtree::IpAddress(match address {
        IpAddr::V4(address) if address.is_loopback() => CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8),
        IpAddr::V4(address) => CidrSubnet::from_v4_prefix(address.octets(), 32),
        IpAddr::V6(address) => CidrSubnet::from_v6_prefix(address.octets(), 128),
    })
}

/// Makes an authority, and has `place` put the file that has all of it to where it belongs.
fn make(folder: &Path, names: &[String], place: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = authority(&key, names).self_signed(&key).map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    let text = key.serialize_pem() + &certificate.pem();
    write_whole(&folder.join(KEY), text.as_bytes(), 0o600, place)
}

fn allow_existing(path: &Path, error: io::Error) -> io::Result<()> {
    if path.exists() { Ok(()) } else { Err(error) }
}

/// Writes a file of which nobody ever sees a part.
fn write_whole(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    place: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let draft = path.with_extension(format!("{:016x}.tmp", fastrand::u64(..)));
    let placed = create(&draft, mode).and_then(|mut file| file.write_all(bytes)).and_then(|()| place(&draft, path));
    let _ = fs::remove_file(&draft);
    placed
}

fn create(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}
