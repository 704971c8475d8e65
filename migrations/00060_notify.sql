-- +goose Up
-- Telling people: what is to be sent to whom, and what became of it.

create table outbox (
	id          uuid primary key,
	seq         bigint generated always as identity, -- the order in which one person is told
	kind        text not null,
	ids         jsonb not null default '{}', -- ids only: what is said is read when it is sent
	recipient   uuid not null references person,
	created_at  timestamptz not null,
	due_at      timestamptz not null,
	state       text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dropped', 'dead')),
	tries       integer not null default 0,
	last_error  text not null default '',
	message_id  text constraint outbox_message_id_key unique, -- given at the first try and kept, so that a repeat can be told from a new message
	claimed_at  timestamptz,
	sent_at     timestamptz
);
create index outbox_open on outbox (recipient, seq) where state in ('waiting', 'sending');
create index outbox_due on outbox (due_at) where state in ('waiting', 'sending');
create index outbox_by_meeting on outbox ((ids ->> 'meeting'), kind); -- what became of each person's invitation
create index outbox_dead on outbox (created_at) where state = 'dead';

-- The demo's mailbox: what its own mail server on this machine received. Empty outside the demo.
create table demo_mail (
	id           uuid primary key,
	message_id   text not null,
	from_email   text not null,
	to_email     text not null,
	subject      text not null,
	text_body    text not null,
	html_body    text not null,
	raw          bytea not null,
	received_at  timestamptz not null
);
create index demo_mail_by_time on demo_mail (received_at desc);

-- +goose Down
drop table demo_mail, outbox;
