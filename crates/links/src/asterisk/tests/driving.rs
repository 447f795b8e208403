//! The whole link against a PBX on port 0: plain and TLS, cut, half-open, slow, a consumer that
//! stalls, and the recording.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::*;
use crate::Ring;
use crate::asterisk::{Link, TlsSettings, record};

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A PBX that takes as many connections as there are scripts, one after the other.
struct Server {
    address: SocketAddr,
    thread: JoinHandle<()>,
}

type Script = Box<dyn FnOnce(TcpStream) + Send>;

impl Server {
    fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            for script in scripts {
                script(listener.accept().unwrap().0);
            }
        });
        Self { address, thread }
    }

    fn settings(&self) -> Settings {
        Settings { address: self.address.to_string(), ..settings() }
    }
}

/// Speaks AMI until it has answered this action, or the other side is gone (`false`). What was
/// written is added to `said`.
fn talk(stream: &mut (impl Read + Write), until: &str, said: &mut Vec<u8>) -> bool {
    let mut pbx = Pbx::new(Stamp(0));
    let mut asked = Vec::new();
    let mut buffer = [0; 4096];
    let mut say = |bytes: &[u8], stream: &mut dyn Write| {
        said.extend_from_slice(bytes);
        stream.write_all(bytes).and_then(|()| stream.flush()).is_ok()
    };
    if !say(b"Asterisk Call Manager/5.0.4\r\n", stream) {
        return false;
    }
    loop {
        let many = stream.read(&mut buffer).unwrap_or(0);
        if many == 0 {
            return false;
        }
        asked.extend_from_slice(&buffer[..many]);
        let whole = asked.windows(4).rposition(|w| w == b"\r\n\r\n").map_or(0, |at| at + 4);
        let actions: Vec<u8> = asked.drain(..whole).collect();
        if !say(&pbx.answer(&actions, Stamp::from_secs(1_795_261_560)), stream) {
            return false;
        }
        if String::from_utf8_lossy(&actions).contains(&format!("Action: {until}\r")) {
            return true;
        }
    }
}

/// The last question of a resync.
const LAST: &str = "DeviceStateList";

/// Never asked.
const FOR_EVER: &str = "Nothing";

fn well_behaved() -> Script {
    Box::new(|mut stream| {
        talk(&mut stream, FOR_EVER, &mut Vec::new());
    })
}

/// A link and all that came out of it.
struct Watched {
    link: Link,
    ring: Arc<Ring>,
    records: Vec<Record>,
}

impl Watched {
    fn start(settings: Settings) -> Self {
        let ring = Ring::new(Ring::BYTES_MAX);
        Self { link: Link::start(settings, 0, Arc::clone(&ring)), ring, records: Vec::new() }
    }

    fn until(&mut self, what: &str, done: impl Fn(&Status, &[Record]) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !done(&self.link.status(), &self.records) {
            assert!(Instant::now() < end, "no {what}: {:?}", self.link.status());
            let taken = self.ring.take(10_000, Duration::from_millis(20));
            self.records.extend(taken.into_iter().map(|(_, record)| record));
        }
    }

    fn until_live(&mut self) {
        self.until("live link", |status, _| status.state == State::Live);
    }

    fn names(&self) -> Vec<String> {
        self.records.iter().map(name_of).collect()
    }

    /// Stops it; the names of all records.
    fn stop(mut self) -> Vec<String> {
        self.link.stop();
        let taken = self.ring.take(usize::MAX, Duration::ZERO);
        self.records.extend(taken.into_iter().map(|(_, record)| record));
        self.names()
    }
}

const CONNECTED: [&str; 5] = [
    "LinkUp",
    "Answer CoreShowChannels",
    "Answer QueueStatus",
    "Answer DeviceStateList",
    "Resynced",
];

#[test]
fn a_link_comes_up_stops_and_says_so() {
    let server = Server::start(vec![well_behaved()]);
    let mut watched = Watched::start(server.settings());
    watched.until_live();
    let names = watched.stop();
    assert_eq!(names[..5], CONNECTED);
    assert_eq!(names[5..], ["LinkDown"]);
    server.thread.join().unwrap();
}

fn flood(events: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in 0..events {
        bytes.extend_from_slice(
            format!(
                "Event: Newstate\r\nPrivilege: call,all\r\nTimestamp: 1795261561.{:06}\r\n\
                 Uniqueid: 1.{n}\r\n\r\n",
                n % 1_000_000
            )
            .as_bytes(),
        );
    }
    bytes
}

#[test]
fn nothing_is_lost_while_the_consumer_stalls() {
    const EVENTS: usize = 50_000;
    let server = Server::start(vec![Box::new(|mut stream| {
        assert!(talk(&mut stream, LAST, &mut Vec::new()));
        stream.write_all(&flood(EVENTS)).unwrap();
        stream.read_to_end(&mut Vec::new()).ok();
    })]);
    let ring = Ring::new(Ring::BYTES_MAX);
    let link = Link::start(server.settings(), 7, Arc::clone(&ring));
    let end = Instant::now() + PATIENCE;
    let all = u64::try_from(EVENTS).unwrap();
    while link.status().events < all {
        assert!(Instant::now() < end, "{:?}", link.status());
        std::thread::yield_now();
    }
    // Nothing was taken until now.
    let taken = ring.take(usize::MAX, Duration::from_secs(1));
    let events: Vec<_> = taken.iter().filter(|(_, r)| r.kind == Kind::Event).collect();
    assert_eq!(events.len(), EVENTS);
    assert!(events.iter().enumerate().all(|(n, (link, record))| {
        *link == 7 && record.payload.ends_with(format!("Uniqueid: 1.{n}\r\n\r\n").as_bytes())
    }));
    assert_eq!(link.status().holes, 0);
    link.stop();
}

#[test]
fn a_cut_link_reconnects_by_itself() {
    let server = Server::start(vec![
        Box::new(|mut stream| assert!(talk(&mut stream, LAST, &mut Vec::new()))),
        well_behaved(),
    ]);
    let mut watched = Watched::start(server.settings());
    watched.until("second connection", |status, records| {
        status.reconnects == 1 && status.state == State::Live && records.len() > 10
    });
    let names = watched.stop();
    assert_eq!(names[..5], CONNECTED);
    assert_eq!(names[5], "LinkDown");
    assert_eq!(names[6..11], CONNECTED);
    server.thread.join().unwrap();
}

#[test]
fn a_half_open_link_is_given_up() {
    let server = Server::start(vec![
        Box::new(|mut stream| {
            talk(&mut stream, LAST, &mut Vec::new());
            // From now on deaf and dumb, but there, until the link has had enough.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).ok();
        }),
        well_behaved(),
        // On a busy machine even these may be silent for too long.
        well_behaved(),
        well_behaved(),
        well_behaved(),
    ]);
    let silence_max = Duration::from_millis(1_300);
    let mut watched = Watched::start(Settings { silence_max, ..server.settings() });
    let is_down = |record: &&Record| name_of(record) == "LinkDown";
    watched.until("second connection", |status, records| {
        let was_down = records.iter().find(is_down).is_some();
        status.reconnects >= 1 && status.state == State::Live && was_down
    });
    let down = text(watched.records.iter().find(is_down).unwrap());
    assert!(down.starts_with("Observation: LinkDown\r\n"), "{down}");
    assert!(down.contains("Reason: nothing heard for 1 s"), "{down}");
    watched.stop();
}

/// Hands on one byte at a time.
struct Dribble(TcpStream);

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Dribble {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(&bytes[..bytes.len().min(1)])
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn a_slow_pbx_is_waited_for() {
    let server = Server::start(vec![Box::new(|stream| {
        stream.set_nodelay(true).unwrap();
        talk(&mut Dribble(stream), FOR_EVER, &mut Vec::new());
    })]);
    let mut watched = Watched::start(server.settings());
    watched.until_live();
    assert_eq!(watched.stop()[..5], CONNECTED);
}

#[test]
fn a_recording_is_what_was_said() {
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    let server = Server::start(vec![Box::new(move |mut stream| {
        let mut said = Vec::new();
        assert!(talk(&mut stream, LAST, &mut said));
        let flood = flood(1_000);
        said.extend_from_slice(&flood);
        // Told before it is said: the flush that follows the last byte must know what to wait for.
        tell.send(said).unwrap();
        stream.write_all(&flood).unwrap();
        stream.read_to_end(&mut Vec::new()).ok();
    })]);
    let settings = server.settings();
    /// Stops the recording when the last byte has come.
    struct File<'s>(Vec<u8>, &'s AtomicBool, Vec<u8>, std::sync::mpsc::Receiver<Vec<u8>>);
    impl Write for File<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            if let Ok(said) = self.3.try_recv() {
                self.2 = said;
            }
            self.1.store(!self.2.is_empty() && self.0.len() >= self.2.len(), Ordering::Release);
            Ok(())
        }
    }
    let stop = AtomicBool::new(false);
    // One more than what is heard at the end, so that the last flush sees all.
    let mut file = File(Vec::new(), &stop, Vec::new(), told);
    let (over, is_over) = std::sync::mpsc::sync_channel::<()>(1);
    let written = std::thread::scope(|scope| {
        let stop = &stop;
        scope.spawn(move || {
            // It ends early if the recording does; a byte too few must not be waited for for ever.
            if is_over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                stop.store(true, Ordering::Release);
            }
        });
        let written = record(settings, &mut file, stop).unwrap();
        drop(over);
        written
    });
    assert_eq!(file.0, file.2);
    assert_eq!(written, u64::try_from(file.2.len()).unwrap());
}

#[test]
fn a_recording_says_why_it_cannot() {
    let mut settings = settings();
    settings.address = "192.0.2.1:5038".to_owned();
    let error = record(settings, Vec::new(), &AtomicBool::new(false)).unwrap_err();
    assert!(error.to_string().starts_with("cannot record: plain text refused"), "{error}");
}

/// An authority and a certificate for 127.0.0.1 that it signed.
struct Identity {
    ca_pem: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    fn new() -> Self {
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let server = server.signed_by(&key, &ca).unwrap();
        Self { ca_pem: ca.pem(), certificate: server.der().clone(), key }
    }

    /// A server that ends each connection well or, if the client refuses, early.
    fn serve(&self, connections: usize) -> Server {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let script = || -> Script {
            let config = Arc::clone(&config);
            Box::new(move |stream| {
                let tls = ServerConnection::new(config).unwrap();
                talk(&mut StreamOwned::new(tls, stream), FOR_EVER, &mut Vec::new());
            })
        };
        Server::start((0..connections).map(|_| script()).collect())
    }

    fn ca_file(&self) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(self.ca_pem.as_bytes()).unwrap();
        file
    }

    fn pin(&self) -> [u8; 32] {
        crate::asterisk::tls::sha256(&self.certificate).unwrap().try_into().unwrap()
    }
}

fn with_tls(
    server: &Server,
    ca: Option<&tempfile::NamedTempFile>,
    pin: Option<[u8; 32]>,
) -> Watched {
    let ca = ca.map(|file| file.path().to_owned());
    let tls = Some(TlsSettings { ca, pin, server_name: None });
    Watched::start(Settings { tls, ..server.settings() })
}

#[test]
fn tls_with_the_right_authority_or_pin() {
    let identity = Identity::new();
    let file = identity.ca_file();
    for (ca, pin) in
        [(Some(&file), None), (None, Some(identity.pin())), (Some(&file), Some(identity.pin()))]
    {
        let server = identity.serve(1);
        let mut watched = with_tls(&server, ca, pin);
        watched.until_live();
        assert_eq!(watched.stop()[..5], CONNECTED);
        server.thread.join().unwrap();
    }
}

#[test]
fn tls_with_the_wrong_authority_pin_or_name_is_refused_in_words() {
    let (identity, stranger) = (Identity::new(), Identity::new());
    let (good, bad) = (identity.ca_file(), stranger.ca_file());
    let authority = "TLS refused: certificate is not signed by the authority in tls_ca";
    let pinned = "TLS refused: certificate is not the pinned one";
    for (ca, pin, expected) in [
        (Some(&bad), None, authority),
        (None, Some(stranger.pin()), pinned),
        (Some(&good), Some(stranger.pin()), pinned),
        (Some(&bad), Some(identity.pin()), authority),
    ] {
        let server = identity.serve(1);
        let mut watched = with_tls(&server, ca, pin);
        watched.until("refusal", |status, _| status.state == State::Refused);
        let reason = watched.link.status().reason;
        assert!(reason.starts_with(expected), "{reason}");
        assert_eq!(watched.stop(), [""; 0]);
    }
    let server = identity.serve(1);
    let tls = TlsSettings {
        ca: Some(good.path().to_owned()),
        pin: None,
        server_name: Some("pbx.example".to_owned()),
    };
    let mut watched = Watched::start(Settings { tls: Some(tls), ..server.settings() });
    watched.until("refusal", |status, _| status.state == State::Refused);
    let reason = watched.link.status().reason;
    assert!(reason.starts_with("TLS refused: certificate is for another name"), "{reason}");
}

#[test]
fn tls_to_a_plain_port_and_plain_text_over_the_network_are_refused() {
    let identity = Identity::new();
    let file = identity.ca_file();
    let server = Server::start(vec![well_behaved()]);
    let mut watched = with_tls(&server, Some(&file), None);
    watched.until("refusal", |status, _| status.state == State::Refused);
    let reason = watched.link.status().reason;
    assert!(reason.contains("does not speak TLS"), "{reason}");
    drop(watched);
    let mut settings = settings();
    settings.address = "192.0.2.1:5038".to_owned();
    let mut watched = Watched::start(settings);
    watched.until("refusal", |status, _| status.state == State::Refused);
    let reason = watched.link.status().reason;
    assert!(reason.starts_with("plain text refused: the PBX is on another machine"), "{reason}");
}
