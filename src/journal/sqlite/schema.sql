-- The journal proper. Numbers of 64 bits without a sign are kept with one: from 2^63 on they look negative.
CREATE TABLE log (seq INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, record BLOB NOT NULL);
-- What was written last, so that nothing goes missing unseen: the last entry, the first snapshot and the newest, the entry
-- up to which the tables below are complete (NULL: all of them), and a count that makes a transaction of nothing else.
CREATE TABLE place (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    entry INTEGER NOT NULL, first INTEGER, newest INTEGER, told INTEGER, syncs INTEGER NOT NULL
);
INSERT INTO place VALUES (1, 0, NULL, NULL, NULL, 0);

-- What the entries say, for people. Instants are microseconds.
CREATE TABLE queue_names (queue INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE channel_names (channel INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE group_names (grp INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE contact_rows (
    seq INTEGER PRIMARY KEY, contact INTEGER NOT NULL, key TEXT, customer INTEGER,
    queue INTEGER NOT NULL, channel INTEGER NOT NULL,
    arrived INTEGER NOT NULL, due INTEGER, offered INTEGER, answered INTEGER, wrapped INTEGER, ended INTEGER,
    agent INTEGER, offers INTEGER NOT NULL, transfers INTEGER NOT NULL, outcome TEXT
);
CREATE INDEX contacts_there ON contact_rows (contact) WHERE ended IS NULL;
CREATE TABLE offer_rows (
    offer INTEGER PRIMARY KEY, contact INTEGER NOT NULL, agent INTEGER NOT NULL,
    offered INTEGER NOT NULL, ended INTEGER, outcome TEXT
);
CREATE TABLE agent_rows (
    row INTEGER PRIMARY KEY, agent INTEGER NOT NULL, grp INTEGER NOT NULL, ready INTEGER NOT NULL,
    signed_in INTEGER NOT NULL, signed_out INTEGER, draining INTEGER NOT NULL, lost INTEGER NOT NULL
);
CREATE INDEX agents_there ON agent_rows (agent) WHERE signed_out IS NULL;
CREATE TABLE presence_rows (
    row INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, agent INTEGER NOT NULL,
    channels INTEGER NOT NULL, ready INTEGER NOT NULL, reason INTEGER NOT NULL, until INTEGER
);
CREATE TABLE event_rows (
    row INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
    contact INTEGER, agent INTEGER, offer INTEGER, queue INTEGER, channel INTEGER, detail TEXT
);
