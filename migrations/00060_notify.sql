-- +goose Up
-- Telling people: what is to be sent to whom, and what became of it.

create table outbox (
	id          uuid primary key,
	seq         bigint generated always as identity, -- the order in which one person is told
	kind        text not null,
	ids         jsonb not null default '{}', -- ids only: what is said is read when it is sent
	recipient   uuid not null references person,
	created_at  timestamptz not null,
	stands_at   timestamptz not null, -- from when on its person is told of it in the product
	due_at      timestamptz not null, -- when mail of it is looked at next
	urgent      boolean not null default false, -- its cause could not wait, whatever its kind
	stood_at    timestamptz, -- when it was put into the inbox
	door        text not null default 'now' check (door in ('now', 'digest')),
	carried_by  uuid references outbox, -- the notice in whose message it goes; what becomes of that becomes of this
	paced       boolean not null default false, -- its message counts among those of an hour
	state       text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dropped', 'dead', 'kept', 'carried')),
	tries       integer not null default 0,
	last_error  text not null default '',
	message_id  text constraint outbox_message_id_key unique, -- given at the first try and kept, so that a repeat can be told from a new message
	claimed_at  timestamptz,
	sent_at     timestamptz
);
create index outbox_open on outbox (recipient, seq) where state in ('waiting', 'sending');
create index outbox_due on outbox (due_at) where state in ('waiting', 'sending');
create index outbox_unstood on outbox (stands_at) where state = 'waiting' and stood_at is null;
create index outbox_carried on outbox (carried_by) where carried_by is not null;
create index outbox_paced on outbox (recipient, claimed_at) where paced;
create index outbox_by_meeting on outbox ((ids ->> 'meeting'), kind); -- what became of each person's invitation
create index outbox_dead on outbox (created_at) where state = 'dead';

-- What each person was told, as it was written when it came. The line can be read on a locked screen, and
-- the link leads behind sign-in.
create table inbox (
	notice_id  uuid primary key references outbox,
	person_id  uuid not null references person,
	kind       text not null,
	subject    text not null,
	line       text not null,
	link_text  text not null,
	link_path  text not null, -- '': there is nothing to do
	why        text not null,
	told_at    timestamptz not null,
	read_at    timestamptz
);
create index inbox_by_person on inbox (person_id, told_at desc, notice_id desc);
create index inbox_unread on inbox (person_id, told_at) where read_at is null;

-- How somebody wants to be told of a kind. Without a row it is by email, at once.
create table notice_choice (
	person_id  uuid not null references person,
	kind       text not null,
	door       text not null check (door in ('now', 'digest', 'product')),
	chosen_at  timestamptz not null,
	primary key (person_id, kind)
);

-- The links that end a subscription. What is kept of one cannot be used.
create table unsubscribe_link (
	digest     bytea primary key,
	person_id  uuid not null references person,
	kind       text not null,
	made_at    timestamptz not null,
	used_at    timestamptz,
	ended_at   timestamptz -- its person has chosen to get the kind again since
);
create index unsubscribe_link_by_person on unsubscribe_link (person_id, kind);
create index unsubscribe_link_by_age on unsubscribe_link (made_at);

-- Links that there are not, and where they were tried from: the throttle.
create table unsubscribe_guess (
	address  text not null,
	at       timestamptz not null
);
create index unsubscribe_guess_by_address on unsubscribe_guess (address, at);

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
drop table demo_mail, unsubscribe_guess, unsubscribe_link, notice_choice, inbox, outbox;
