//! Login, refusals and the end of a session, on the recorded probes of 16 and 22.

use ami::{Kind, Limits, Login, LoginMethod, LoginStep, Message};

use crate::capture::{Seen, capture, decode, messages, notes, probe};

const BOTH: [&str; 2] = ["16", "22"];
const ACCEPTED: (&str, &str) = ("Success", "Authentication accepted");
const FAILED: (&str, &str) = ("Error", "Authentication failed");
const DENIED: (&str, &str) = ("Error", "Permission denied");

fn check(title: &str, answers: &[(&str, &str)], closed: bool) {
    for version in BOTH {
        let probe = probe(version, title);
        let seen = probe.answers();
        let seen: Vec<_> = seen.iter().map(|(word, said)| (word.as_str(), said.as_str())).collect();
        assert_eq!(seen, answers, "{title} on {version}");
        assert_eq!(probe.closed.is_some(), closed, "{title} on {version}: {:?}", probe.closed);
    }
}

/// What Asterisk answered, with the ActionID our login has.
fn answer(word: &str, id: &str, rest: &str) -> Vec<u8> {
    format!("Response: {word}\r\nActionID: {id}\r\n{rest}\r\n\r\n").into_bytes()
}

fn sent(bytes: &[u8]) -> Vec<(String, String)> {
    let headers = Message::parse(bytes).headers();
    headers.map(|h| (ami::text(h.name), ami::text(h.value))).collect()
}

fn pairs<const N: usize>(headers: [(&str, &str); N]) -> Vec<(String, String)> {
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

#[test]
fn wrong_secret_unknown_user_and_wrong_key_all_read_authentication_failed() {
    check("wrong secret", &[FAILED], true);
    check("unknown user", &[FAILED], true);
    // The first answer is the challenge.
    check("MD5 wrong key", &[("Success", ""), FAILED], true);
}

#[test]
fn after_a_failed_login_asterisk_closes() {
    for version in BOTH {
        let closed = probe(version, "wrong secret").closed;
        assert_eq!(closed.as_deref(), Some("closed by Asterisk after 1.00 s"), "{version}");
    }
}

#[test]
fn an_action_before_login_is_refused_and_the_session_goes_on() {
    check("action before login", &[DENIED, DENIED, ACCEPTED], false);
}

#[test]
fn login_twice_is_already_authenticated() {
    check("login twice", &[ACCEPTED, ("Success", "Already authenticated")], false);
}

#[test]
fn an_action_of_a_class_not_in_write_is_refused() {
    check("write class missing", &[ACCEPTED, DENIED, DENIED], false);
}

#[test]
fn a_line_that_is_no_action_is_refused() {
    check("junk", &[("Error", "Missing action in request")], false);
}

#[test]
fn line_feeds_alone_are_accepted_by_asterisk() {
    check("LF only line ends", &[ACCEPTED], false);
}

#[test]
fn a_line_of_2000_bytes_and_200_headers_are_refused_by_asterisk() {
    let too_long = ("Error", "Failed to parse message: line too long");
    check("line of 2000 bytes", &[ACCEPTED, too_long], false);
    let too_many = ("Error", "Too many lines in message or allocation failure");
    check("200 headers", &[ACCEPTED, too_many], false);
}

#[test]
fn another_auth_type_than_md5_is_refused() {
    check("Challenge of unknown type", &[("Error", "Must specify AuthType")], false);
}

#[test]
fn over_tls_the_same_is_said() {
    check("TLS", &[ACCEPTED, ("Success", "")], false);
}

#[test]
fn plain_text_to_the_tls_port_is_closed_with_nothing_said() {
    for version in BOTH {
        let probe = probe(version, "plain to the TLS port");
        assert_eq!(decode(Limits::default(), [&probe.said[..]]), []);
        assert!(probe.closed.is_some(), "{version}");
    }
}

#[test]
fn without_login_only_the_banner_is_heard_and_after_30_s_it_is_closed() {
    for (version, banner) in
        [("16", "Asterisk Call Manager/5.0.4"), ("22", "Asterisk Call Manager/11.0.0")]
    {
        // The recorder wrote: `STAMP closed after 30.2 s, b'Asterisk Call Manager/5.0.4\r\n'`.
        let notes = notes(&format!("{version}/no-login"));
        let (_, closed) = notes.split_once("closed after ").expect("the note");
        assert!(closed.starts_with("30."), "{closed}");
        assert!(closed.contains(&format!("b'{banner}\\r\\n'")), "{closed}");
        let heard = format!("{banner}\r\n");
        let seen = decode(Limits::default(), [heard.as_bytes()]);
        assert_eq!(seen, [Seen::Banner(banner.as_bytes().to_vec())]);
    }
}

#[test]
fn the_list_of_commands_says_which_class_an_action_needs() {
    for version in ["16", "22"] {
        let bytes = capture(&format!("{version}/resync/ami-resync"));
        let list = messages(&bytes).into_iter().find(|m| m.action_id() == Some(b"rs-19"));
        let needs = |action: &str| {
            let said = list.and_then(|list| list.get(action)).map(ami::text).unwrap_or_default();
            said.split_once("(Priv: ").map(|(_, classes)| classes.trim_end_matches(')').to_owned())
        };
        // Harmless and dangerous ones alike.
        for action in [
            "QueueStatus",
            "QueueSummary",
            "QueueRule",
            "BridgeList",
            "BridgeInfo",
            "Ping",
            "QueueReload",
            "QueueReset",
            "BridgeDestroy",
            "QueueChangePriorityCaller",
        ] {
            assert_eq!(needs(action).as_deref(), Some("<none>"), "{action} on {version}");
        }
        for (action, classes) in [
            ("CoreShowChannels", "system,reporting,all"),
            ("Status", "system,call,reporting,all"),
            ("DeviceStateList", "call,reporting,all"),
            ("ExtensionStateList", "call,reporting,all"),
            ("QueuePause", "agent,all"),
            ("QueueAdd", "agent,all"),
            ("QueueRemove", "agent,all"),
            ("QueuePenalty", "agent,all"),
            ("QueueLog", "agent,all"),
        ] {
            assert_eq!(needs(action).as_deref(), Some(classes), "{action} on {version}");
        }
        // This account has no class `command`: the action is not listed, and is refused.
        assert_eq!(needs("Command"), None);
    }
}

#[test]
fn an_event_filter_or_no_dialplan_class_saves_half_of_the_traffic() {
    for version in ["16", "22"] {
        let all = capture(&format!("{version}/debug/ami-a"));
        assert!(messages(&all).iter().any(|m| m.event() == Some(b"VarSet")));
        for less in ["ami-filtered", "ami-lean"] {
            let bytes = capture(&format!("{version}/debug/{less}"));
            assert!(messages(&bytes).iter().all(|m| m.event() != Some(b"VarSet")), "{less}");
            assert!(bytes.len() * 2 < all.len(), "{less} on {version}");
        }
    }
}

#[test]
fn an_unknown_action_is_named_in_the_refusal() {
    for version in BOTH {
        let bytes = capture(&format!("{version}/resync/ami-resync"));
        let refusal = messages(&bytes).into_iter().find(|m| m.action_id() == Some(b"rs-21"));
        let refusal = refusal.unwrap();
        assert_eq!(refusal.kind(), Kind::Response(b"Error"), "{version}");
        let said = ami::text(refusal.get("Message").unwrap());
        assert!(said.starts_with("Invalid/unknown command: NoSuchAction. Use Action: ListC"));
    }
}

#[test]
fn logoff_says_goodbye_and_is_the_last_thing_said() {
    for version in BOTH {
        let bytes = capture(&format!("{version}/resync/ami-resync"));
        let last = *messages(&bytes).last().unwrap();
        assert_eq!(last.kind(), Kind::Response(b"Goodbye"), "{version}");
        assert_eq!(last.get("Message"), Some(&b"Thanks for all the fish."[..]), "{version}");
    }
}

#[test]
fn the_event_mask_is_confirmed() {
    let bytes = capture("16/resync/ami-resync");
    let answer = |id: &str| {
        let mut found = ami::messages(&bytes).filter(|m| m.action_id() == Some(id.as_bytes()));
        found.next().and_then(|m| m.get("Events")).map(ami::text)
    };
    assert_eq!(answer("rs-26").as_deref(), Some("Off"));
    assert_eq!(answer("rs-27").as_deref(), Some("On"));
}

#[test]
fn events_asked_for_at_login_are_what_comes() {
    let (_, bytes) =
        Login::start_with_events(LoginMethod::Plain, "cms", "pw", "system,call").unwrap();
    assert_eq!(sent(&bytes)[4], ("Events".to_owned(), "system,call".to_owned()));
    for version in BOTH {
        let probe = probe(version, "events=system,call");
        let said = messages(&probe.said);
        assert_eq!(said[1].event(), Some(&b"FullyBooted"[..]), "{version}");
    }
}

#[test]
fn plain_login() {
    let (mut login, bytes) = Login::start(LoginMethod::Plain, "cms", "s3cret").unwrap();
    let expected = pairs([
        ("Action", "Login"),
        ("ActionID", "login"),
        ("Username", "cms"),
        ("Secret", "s3cret"),
    ]);
    assert_eq!(sent(&bytes), expected);
    assert!(bytes.ends_with(b"\r\n\r\n"));

    // Every recording began with this login and these answers.
    let mut accepted = 0;
    let bytes = capture("16/answered/ami-a");
    for message in ami::messages(&bytes) {
        match login.on(&message) {
            LoginStep::Ok => accepted += 1,
            step => assert_eq!(step, LoginStep::NotMine),
        }
    }
    assert_eq!(accepted, 1);
}

#[test]
fn md5_login_answers_the_challenge() {
    let (mut login, bytes) = Login::start(LoginMethod::Md5, "cms", "secret").unwrap();
    let expected =
        pairs([("Action", "Challenge"), ("ActionID", "login-challenge"), ("AuthType", "MD5")]);
    assert_eq!(sent(&bytes), expected);

    let challenge = answer("Success", "login-challenge", "Challenge: 203904862");
    let LoginStep::Send(bytes) = login.on(&Message::parse(&challenge)) else { panic!() };
    // printf 203904862secret | md5sum
    let expected = pairs([
        ("Action", "Login"),
        ("ActionID", "login"),
        ("AuthType", "MD5"),
        ("Username", "cms"),
        ("Key", "70309e76069fed3002b77b9faebbedde"),
    ]);
    assert_eq!(sent(&bytes), expected);

    let accepted = answer("Success", "login", "Message: Authentication accepted");
    assert_eq!(login.on(&Message::parse(&accepted)), LoginStep::Ok);
    assert_eq!(login.on(&Message::parse(&accepted)), LoginStep::NotMine);
}

#[test]
fn a_refused_login_says_why_in_asterisks_words() {
    let failed = answer("Error", "login", "Message: Authentication failed");
    let (mut login, _) = Login::start(LoginMethod::Plain, "cms", "pw").unwrap();
    let reason = LoginStep::Failed("Authentication failed".to_owned());
    assert_eq!(login.on(&Message::parse(&failed)), reason);
    assert_eq!(login.on(&Message::parse(&failed)), LoginStep::NotMine);

    let (mut login, _) = Login::start(LoginMethod::Md5, "cms", "pw").unwrap();
    let no_md5 = answer("Error", "login-challenge", "Message: Must specify AuthType");
    let reason = LoginStep::Failed("Must specify AuthType".to_owned());
    assert_eq!(login.on(&Message::parse(&no_md5)), reason);

    let (mut login, _) = Login::start(LoginMethod::Md5, "cms", "pw").unwrap();
    let nothing = answer("Success", "login-challenge", "Message: what?");
    assert!(matches!(login.on(&Message::parse(&nothing)), LoginStep::Failed(_)));
}

#[test]
fn already_authenticated_is_a_login_that_went_well() {
    let (mut login, _) = Login::start(LoginMethod::Plain, "cms", "pw").unwrap();
    let twice = answer("Success", "login", "Message: Already authenticated");
    assert_eq!(login.on(&Message::parse(&twice)), LoginStep::Ok);
}

#[test]
fn events_and_foreign_answers_are_not_the_logins() {
    let (mut login, _) = Login::start(LoginMethod::Plain, "cms", "pw").unwrap();
    for foreign in [
        answer("Success", "l1", "Message: Authentication accepted"),
        b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n".to_vec(),
        b"Event: OriginateResponse\r\nActionID: login\r\nResponse: Success\r\n\r\n".to_vec(),
        b"Event: FullyBooted\r\n\r\n".to_vec(),
    ] {
        assert_eq!(login.on(&Message::parse(&foreign)), LoginStep::NotMine);
    }
}

#[test]
fn debug_never_shows_the_secret() {
    for method in [LoginMethod::Plain, LoginMethod::Md5] {
        let (login, _) = Login::start(method, "cms", "hush-hush").unwrap();
        let shown = format!("{login:?} {login:#?}");
        assert!(shown.contains("cms") && !shown.contains("hush"), "{shown}");
    }
}

#[test]
fn a_secret_that_cannot_be_sent_is_refused_at_once_and_not_shown() {
    for secret in ["hush\r\nAction: Originate", &"hush".repeat(300)] {
        for method in [LoginMethod::Plain, LoginMethod::Md5] {
            let error = Login::start(method, "cms", secret).unwrap_err().to_string();
            assert!(error.contains("Secret") && !error.contains("hush"), "{error}");
        }
    }
}
