//! The backfill of 100,000 people, as a user runs it: all good rows arrive, and exactly the bad ones are in the file.

use std::{collections::BTreeSet, fs, process::Command};

#[test]
fn a_hundred_thousand_people_arrive_and_the_bad_rows_are_kept() {
    for transport in ["reqwest", "hyper"] {
        let folder = std::env::temp_dir().join(format!("customerio-backfill-{transport}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let rejects = folder.join("rejects.jsonl");
        // The program makes its sample in the temporary folder: ours.
        let output = Command::new(env!("CARGO_BIN_EXE_backfill"))
            .arg(transport)
            .envs(["TMPDIR", "TMP", "TEMP"].map(|name| (name, &folder)))
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{printed} {}", String::from_utf8_lossy(&output.stderr));

        let sample = fs::read_to_string(folder.join("customerio-people.jsonl")).unwrap();
        let bad: BTreeSet<_> =
            sample.lines().enumerate().filter(|(number, _)| number % 100 == 99).map(|(_, row)| row).collect();
        let kept = fs::read_to_string(folder.join("customerio-rejects.jsonl")).unwrap();
        assert_eq!(sample.lines().count(), 100_000);
        assert_eq!(kept.lines().count(), 1_000, "{printed}");
        assert_eq!(kept.lines().collect::<BTreeSet<_>>(), bad);
        for line in
            ["accepted        99000", "rejected          250", "invalid           750", "the emulator has 99000 people"]
        {
            assert!(printed.contains(line), "{line}: {printed}");
        }

        // A file of one's own, in the other format.
        let own = folder.join("own.csv");
        fs::write(&own, "id,name\n007,\"Bond, James\"\n,nobody\n").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_backfill"));
        let output = command.arg(transport).arg(&own).arg(&rejects).output().unwrap();
        assert!(output.status.success());
        assert_eq!(fs::read_to_string(&rejects).unwrap(), "{\"id\":\"\",\"name\":\"nobody\"}\n");
        fs::remove_dir_all(&folder).unwrap();
    }
}
