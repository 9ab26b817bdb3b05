-- Instants as text, if the host counts time from 1970 on; waits and lengths in seconds.
CREATE VIEW contacts AS SELECT
    contact, key, customer,
    coalesce((SELECT name FROM queue_names n WHERE n.queue = c.queue), 'queue #' || queue) AS queue,
    coalesce((SELECT name FROM channel_names n WHERE n.channel = c.channel), 'channel #' || channel) AS channel,
    strftime('%Y-%m-%d %H:%M:%f', arrived / 1e6, 'unixepoch') AS arrived,
    strftime('%Y-%m-%d %H:%M:%f', offered / 1e6, 'unixepoch') AS first_offered,
    strftime('%Y-%m-%d %H:%M:%f', answered / 1e6, 'unixepoch') AS answered,
    agent,
    strftime('%Y-%m-%d %H:%M:%f', ended / 1e6, 'unixepoch') AS ended,
    outcome,
    (coalesce(answered, ended) - coalesce(due, arrived)) / 1e6 AS waited,
    (coalesce(wrapped, ended) - answered) / 1e6 AS handled,
    (ended - wrapped) / 1e6 AS wrap_up,
    offers, transfers, seq
FROM contact_rows c;
CREATE VIEW offers AS SELECT
    offer, contact, agent,
    strftime('%Y-%m-%d %H:%M:%f', offered / 1e6, 'unixepoch') AS offered,
    strftime('%Y-%m-%d %H:%M:%f', ended / 1e6, 'unixepoch') AS ended,
    outcome, (ended - offered) / 1e6 AS rang
FROM offer_rows;
CREATE VIEW agents AS SELECT
    agent,
    coalesce((SELECT name FROM group_names n WHERE n.grp = a.grp), 'agent group #' || grp) AS "group",
    strftime('%Y-%m-%d %H:%M:%f', signed_in / 1e6, 'unixepoch') AS signed_in,
    strftime('%Y-%m-%d %H:%M:%f', signed_out / 1e6, 'unixepoch') AS signed_out,
    CASE WHEN signed_out IS NOT NULL THEN 'gone' WHEN lost THEN 'lost' WHEN draining THEN 'draining' ELSE 'here' END AS state,
    (SELECT group_concat(name, ', ') FROM channel_names n WHERE a.ready >> n.channel & 1) AS ready_on
FROM agent_rows a;
CREATE VIEW presence AS SELECT
    strftime('%Y-%m-%d %H:%M:%f', at / 1e6, 'unixepoch') AS at, agent,
    CASE ready WHEN 1 THEN 'ready' ELSE 'not ready' END AS state,
    (SELECT group_concat(name, ', ') FROM channel_names n WHERE p.channels >> n.channel & 1) AS channels,
    reason, strftime('%Y-%m-%d %H:%M:%f', until / 1e6, 'unixepoch') AS until, seq
FROM presence_rows p;
CREATE VIEW events AS SELECT
    seq, strftime('%Y-%m-%d %H:%M:%f', at / 1e6, 'unixepoch') AS at, kind, contact, agent, offer,
    CASE WHEN queue IS NOT NULL
        THEN coalesce((SELECT name FROM queue_names n WHERE n.queue = e.queue), 'queue #' || queue) END AS queue,
    CASE WHEN channel IS NOT NULL
        THEN coalesce((SELECT name FROM channel_names n WHERE n.channel = e.channel), 'channel #' || channel) END AS channel,
    detail
FROM event_rows e;
