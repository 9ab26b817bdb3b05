//! Customers who are told how long they will wait, and may leave at once.

use crate::{agrees, complaint, one_line, read, run, tally};

/// Two agents who take exactly a minute each: with k waiting before, (k + 1) / 2 minutes are announced. Customers with patience for
/// between two and three of those half minutes stay while fewer than two wait: exactly as if the line had room for two.
#[test]
fn balking_at_a_known_wait_is_a_limit_of_the_line() {
    let text = |line: &str, more: &str| {
        one_line(
            "warmup = \"100m\"\nhorizon = \"5000m\"\nreplications = 4",
            "count = 2",
            line,
            &format!("arrivals = {{ poisson_per_minute = 2.2 }}\nhandle = {{ deterministic = \"1m\" }}\n{more}"),
        )
    };
    let limited = run(&read(&text("limit = 2", "")));
    let told = run(&read(&text("", "patience = { deterministic = \"74s\" }\nbalk = {}")));
    for (limited, told) in limited.replications.iter().zip(&told.replications) {
        let (limited, told) = (&limited.streams[0], &told.streams[0]);
        assert!(limited.overflowed > 500, "{} were turned away", limited.overflowed);
        assert_eq!((told.offered, told.answered), (limited.offered, limited.answered));
        assert_eq!((told.balked, told.abandoned), (limited.overflowed, limited.overflowed));
        assert_eq!(told.answered_wait, limited.answered_wait);
    }
}

/// A share of those balk who hear more than they have patience for, which here nobody has who must wait.
#[test]
fn the_share_who_balk_is_as_asked() {
    let shares = |share: f64| {
        let stream = format!(
            "arrivals = {{ poisson_per_minute = 20 }}\nhandle = {{ deterministic = \"6s\" }}\n\
             patience = {{ deterministic = \"1ms\" }}\nbalk = {{ share = {share} }}"
        );
        let outcome = run(&read(&one_line("warmup = \"50m\"\nhorizon = \"2000m\"\nreplications = 8", "", "", &stream)));
        let tallies = outcome.replications.iter().map(|one| &one.streams[0]);
        tallies.map(|calls| calls.balked as f64 / calls.abandoned as f64).collect::<Vec<_>>()
    };
    agrees(shares(0.3).into_iter(), 0.3);
    assert!(shares(0.0).iter().all(|share| *share <= 0.0));
    assert!(shares(1.0).iter().all(|share| *share >= 1.0));
}

/// Whoever tolerates more, or is told less, stays more often; and who always trusts the announcement rarely leaves later.
#[test]
fn tolerance_and_what_is_told_count() {
    let counts = |balk: &str| {
        let stream = format!(
            "arrivals = {{ poisson_per_minute = 11 }}\nhandle = {{ deterministic = \"6s\" }}\npatience = {{ exponential = \"20s\" }}\n{balk}"
        );
        let calls = tally(&one_line("warmup = \"50m\"\nhorizon = \"2000m\"", "", "", &stream));
        (calls.balked, calls.abandoned)
    };
    let (balked, abandoned) = counts("balk = {}");
    assert!(balked > 1_000 && balked * 100 > abandoned * 99, "{balked} of {abandoned}");
    for (less, more) in [
        ("balk = { tolerance = 3 }", "balk = {}"),
        ("balk = { told = \"low\" }", "balk = { told = \"likely\" }"),
        ("balk = { told = \"likely\" }", "balk = { told = \"high\" }"),
    ] {
        assert!(counts(less).0 < counts(more).0, "{less}");
    }
}

/// Whoever balks may come again.
#[test]
fn balking_is_abandoning() {
    let calls = tally(&one_line(
        "warmup = \"10m\"\nhorizon = \"60m\"",
        "",
        "",
        "arrivals = { every = \"1m\" }\nhandle = { deterministic = \"90s\" }\npatience = { deterministic = \"10s\" }\n\
         balk = {}\nretry = { abandoned = 1, delay = { deterministic = \"20s\" }, attempts = 2 }",
    ));
    assert!(calls.balked > 20 && calls.balked == calls.abandoned && calls.retrials > 10, "{calls:?}");
    assert_eq!(calls.unanswered_wait, 0);
}

#[test]
fn what_is_wrong_with_balking_is_said() {
    let base = "arrivals = { every = \"1m\" }\nhandle = { deterministic = \"1m\" }";
    for (more, words) in [
        ("balk = {}", "needs a `patience`"),
        ("patience = \"none\"\nbalk = {}", "needs a `patience`"),
        ("patience = { exponential = \"1m\" }\nbalk = 1", "a table such as { share = 0.8 }"),
        ("patience = { exponential = \"1m\" }\nbalk = { share = 2 }", "balk.share"),
        ("patience = { exponential = \"1m\" }\nbalk = { tolerance = -1 }", "from 0 to 1000"),
        ("patience = { exponential = \"1m\" }\nbalk = { told = \"most\" }", "the choices are `low`, `likely`, `high`"),
        ("patience = { exponential = \"1m\" }\nbalk = { shares = 1 }", "did you mean `share`?"),
    ] {
        let said = complaint(&one_line("horizon = \"1h\"", "", "", &format!("{base}\n{more}")));
        assert!(said.contains(words), "{more}: {said}");
    }
}
