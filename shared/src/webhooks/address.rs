//! Where events may be sent: a public host by its name, over HTTPS.
//!
//! The address is a customer's, and the request to it is ours. So this is no parser of URLs but the narrowest form of them
//! that a receiver needs, in which no two parsers can see two hosts: no address in numbers in any notation, no credentials,
//! nothing that is unescaped in one place and not in the other. A host's name may still lead to a private address by its DNS
//! records; a worker's `fetch` reaches the public internet alone, and follows no redirect of an answer.

use crate::rules::punycode;

/// An address that events may be sent to, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointAddress(String);

/// Ports that a receiver may listen on: HTTPS and its usual second one. Any other is likelier a service that was not meant.
const PORTS: [&str; 2] = ["443", "8443"];

/// Names that lead into somebody's own network: RFC 6761, RFC 6762 (`local`), RFC 8375 (`home.arpa`), RFC 9476 (`alt`), ICANN's
/// `internal`, and what routers and offices use in their place.
const PRIVATE_SUFFIXES: [&str; 16] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "domain",
    "arpa",
    "onion",
    "alt",
    "test",
    "invalid",
    "svc",
];

const LONGEST: usize = 500;

impl EndpointAddress {
    /// Reads an address; `allow_local` lets it also be `http://localhost` or `http://127.0.0.1` at any port, for local work.
    ///
    /// # Errors
    /// Completes the sentence "`url` …".
    pub fn parse(text: &str, allow_local: bool) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("must have at most 500 characters");
        }
        let local = text.strip_prefix("http://").filter(|_| allow_local);
        let Some(rest) = local.or_else(|| text.strip_prefix("https://")) else {
            return Err("must begin with https://");
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("must hold no credentials");
        }
        if !path.bytes().all(is_plain) {
            return Err("must have no fragment and no characters that a URL escapes");
        }
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        if local.is_some() {
            let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
            let port = port.is_none_or(is_number);
            return match ["localhost", "127.0.0.1"].contains(&host) && port {
                true => Ok(Self(text.to_string())),
                false => Err("must begin with https://, or be on this machine"),
            };
        }
        if port.is_some_and(|port| !PORTS.contains(&port)) {
            return Err("must be at port 443 or 8443");
        }
        match is_public_name(host) {
            true => Ok(Self(text.to_string())),
            false => Err("must name a public host, as hooks.example.com"),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Visible ASCII that stands in a path or query as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'#' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}')
}

/// Two labels or more of lower-case letters, digits and hyphens. The last one begins with a letter, so that none of the
/// notations of an IPv4 address is a name (the URL Standard reads a host as one if its last label is a number), and an IPv6
/// address has letters of its own.
fn is_public_name(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
            // Of an internationalized name what is no sound Punycode is a host to no parser, and nothing is sent to it.
            && label.strip_prefix("xn--").is_none_or(is_sound)
    };
    let top = labels.last().copied().unwrap_or_default();
    labels.len() >= 2
        && host.len() <= 253
        && labels.iter().all(is_label)
        && top.starts_with(|letter: char| letter.is_ascii_lowercase())
        && !PRIVATE_SUFFIXES.contains(&top)
        // Cluster-internal names, as Kubernetes has them.
        && !host.ends_with(".cluster.local")
}

/// Whether an encoded label is the encoding of one that a domain may have: of letters beyond ASCII, none of them a capital, a space
/// or a control.
fn is_sound(encoded: &str) -> bool {
    let Some(label) = punycode::decode(encoded) else { return false };
    let is_allowed = |letter: char| !letter.is_control() && !letter.is_whitespace() && !letter.is_uppercase();
    !label.is_ascii() && label.chars().all(is_allowed) && punycode::encode(&label).as_deref() == Some(encoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_NAME: &str = "must name a public host, as hooks.example.com";
    const NO_HTTPS: &str = "must begin with https://";
    const NO_CREDENTIALS: &str = "must hold no credentials";
    const NO_PORT: &str = "must be at port 443 or 8443";
    const NOT_PLAIN: &str = "must have no fragment and no characters that a URL escapes";

    fn refused(url: &str) -> &'static str {
        EndpointAddress::parse(url, false).expect_err(url)
    }

    #[test]
    fn a_public_host_by_its_name_is_accepted() {
        for url in [
            "https://example.com",
            "https://example.com/",
            "https://hooks.example.com/tallygate?source=1&x=a%20b",
            "https://hooks.example.com?source=1",
            "https://hooks.example.com:443/",
            "https://hooks.example.com:8443/in",
            "https://a.b.c.d.e.co.uk/",
            "https://1.example.com/",
            "https://127.0.0.1.example.com/",
            "https://xn--bcher-kva.example/hook",
            "https://xn--e1afmkfd.xn--p1ai/",
            "https://example.com/a@b",
            "https://example.com/http://127.0.0.1/",
        ] {
            assert_eq!(EndpointAddress::parse(url, false).map(|address| address.0), Ok(url.to_string()));
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for url in [
            "http://example.com/",
            "HTTPS://example.com/",
            "https:/example.com/",
            "https:example.com",
            "//example.com/",
            "example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "javascript:alert(1)",
            "gopher://example.com/",
            "wss://example.com/",
            " https://example.com/",
            "\thttps://example.com/",
            "h\nttps://example.com/",
            "",
        ] {
            assert_eq!(refused(url), NO_HTTPS, "{url}");
        }
    }

    #[test]
    fn addresses_in_numbers_are_refused_in_any_notation() {
        for host in [
            // Loopback: decimal, octal, hexadecimal, one number, short forms, mixtures, a dot at the end.
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "0177.0x0.0.1",
            "127.0.0.1.",
            "127.0.0.0x1",
            "127.0.0.01",
            "0",
            "0.0.0.0",
            "0x0",
            "0x",
            "127.0.0.0x",
            "00000177.0.0.1",
            // Private, CGNAT, link-local and the clouds' metadata, benchmarking, documentation, multicast, reserved.
            "10.0.0.1",
            "10.1",
            "0x0a000001",
            "167772161",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.168.257",
            "0xc0a80101",
            "3232235777",
            "100.64.0.1",
            "100.100.100.200",
            "169.254.169.254",
            "169.254.43518",
            "0xa9fea9fe",
            "2852039166",
            "0251.0376.0251.0376",
            "198.18.0.1",
            "192.0.2.1",
            "192.0.0.192",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            // A public one is none either: a receiver has a name.
            "8.8.8.8",
            "134744072",
            // Too many or too large parts, which some parsers take.
            "1.2.3.4.5",
            "256.256.256.256",
            "4294967296",
            "127.0.0.1.0x",
        ] {
            assert_eq!(refused(&format!("https://{host}/")), NO_NAME, "{host}");
        }
        for host in [
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::a00:1]",
            "[2002:7f00:1::]",
            "[2001:0:7f00:1::]",
            "[fe80::1]",
            "[fe80::1%25eth0]",
            "[fec0::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2606:4700::1111]",
            "::1",
            "[::1",
            "fe80::1",
        ] {
            let why = refused(&format!("https://{host}/"));
            assert!([NO_NAME, NO_PORT].contains(&why), "{host}: {why}");
        }
    }

    #[test]
    fn names_of_one_s_own_network_are_refused() {
        for host in [
            "localhost",
            "localhost.",
            "a.localhost",
            "localhost.localdomain",
            "printer.local",
            "metadata.google.internal",
            "instance-data.ec2.internal",
            "db.internal",
            "wiki.intranet",
            "x.corp",
            "nas.home",
            "router.lan",
            "nas.home.arpa",
            "1.0.0.127.in-addr.arpa",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "hidden.onion",
            "example.test",
            "example.invalid",
            "intranet",
            "metadata",
            "com",
        ] {
            assert_eq!(refused(&format!("https://{host}/")), NO_NAME, "{host}");
        }
    }

    #[test]
    fn what_two_parsers_may_read_differently_is_refused() {
        for host in [
            "EXAMPLE.com",
            "example..com",
            ".example.com",
            "example.com.",
            "-a.example.com",
            "a-.example.com",
            "xn--.example.com",
            "xn--a.com",
            "xn--a-.com",
            "xn--example-.com",
            "xn--99999999.com",
            "a_b.example.com",
            "exam%70le.com",
            "%31%32%37.0.0.1",
            "example。com",
            "１２７.0.0.1",
            "①②⑦.⓪.⓪.①",
            "ｌocalhost",
            "bücher.example",
            "ex\u{ad}ample.com",
            "example.com\\",
            "example.com\\.evil.org",
            "example.com%00.evil.org",
            "exa mple.com",
            "exa\tmple.com",
            "exa\nmple.com",
            "",
            "*.example.com",
            "example.com,evil.org",
            "example.com;evil.org",
            "[example.com]",
            &format!("{}.com", "a".repeat(64)),
            &format!("{}com", "abcdefgh.".repeat(30)),
        ] {
            assert_eq!(refused(&format!("https://{host}/")), NO_NAME, "{host}");
        }
    }

    #[test]
    fn credentials_are_refused() {
        for url in [
            "https://ada@example.com/",
            "https://ada:secret@example.com/",
            "https://@example.com/",
            "https://:@example.com/",
            "https://example.com@127.0.0.1/",
            "https://example.com:443@127.0.0.1/",
        ] {
            assert_eq!(refused(url), NO_CREDENTIALS, "{url}");
        }
    }

    #[test]
    fn other_ports_are_refused() {
        for port in ["", "0", "22", "25", "80", "6379", "8080", "65536", "+443", "0443", "443x", "x", "443:443"] {
            assert_eq!(refused(&format!("https://example.com:{port}/")), NO_PORT, "{port}");
        }
    }

    #[test]
    fn paths_are_as_they_are_sent() {
        for path in
            ["/#a", "#a", "/a b", "/a\\b", "\\", "/\"", "/<", "/{", "/|", "/^", "/`", "/ü", "/a\tb", "/a\nb", "?'"]
        {
            let why = refused(&format!("https://example.com{path}"));
            assert!([NOT_PLAIN, NO_NAME].contains(&why), "{path}: {why}");
        }
        assert_eq!(refused(&format!("https://example.com/{}", "a".repeat(500))), "must have at most 500 characters");
    }

    #[test]
    fn this_machine_is_for_local_work_alone() {
        for url in ["http://127.0.0.1:8080/hook", "http://localhost/", "http://localhost:3000", "https://example.com/"]
        {
            assert!(EndpointAddress::parse(url, true).is_ok(), "{url}");
        }
        for url in [
            "http://127.0.0.2/",
            "http://example.com/",
            "http://10.0.0.1/",
            "http://localhost:99999/",
            "http://localhost:/",
            "http://127.0.0.1:+80/",
            "http://0.0.0.0/",
            "http://ada@localhost/",
            "https://10.0.0.1/",
        ] {
            assert!(EndpointAddress::parse(url, true).is_err(), "{url}");
        }
        assert_eq!(refused("http://127.0.0.1:8080/hook"), NO_HTTPS);
    }

    proptest! {
        /// The URL Standard's own parser, by `url`, sees the same host, as a name, and changes nothing.
        #[test]
        fn whatever_is_accepted_is_one_thing_to_every_parser(
            text in prop_oneof![
                "https://[a-z0-9.:@%\\[\\]xX/\\\\-]{0,30}",
                "https://([a-z0-9x]{1,4}\\.){0,4}[a-z0-9x]{1,5}(:[0-9]{0,5})?[/?#]?[ -~]{0,10}",
                "https://\\PC{0,12}",
            ],
        ) {
            if let Ok(address) = EndpointAddress::parse(&text, false) {
                let parsed = match url::Url::parse(address.as_str()) {
                    Ok(parsed) => parsed,
                    Err(error) => {
                        prop_assert!(text.contains("xn--"), "{}: {}", text, error);
                        return Ok(());
                    }
                };
                let authority = text.trim_start_matches("https://").split(['/', '?']).next().unwrap_or_default();
                let host = authority.split(':').next().unwrap_or_default();
                prop_assert_eq!(parsed.host(), Some(url::Host::Domain(host)));
                prop_assert_eq!(parsed.scheme(), "https");
                prop_assert_eq!(parsed.username(), "");
                prop_assert_eq!(parsed.password(), None);
                prop_assert!(matches!(parsed.port_or_known_default(), Some(443 | 8443)));
                prop_assert_eq!(parsed.fragment(), None);
            }
        }
    }
}
