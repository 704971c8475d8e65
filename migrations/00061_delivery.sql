-- +goose Up
-- What happens once a message is written: why it was not taken, what came back, and when all mail stands still.

alter table outbox
	add column failure  text not null default '', -- the kind of the last failure, for words; last_error is what the mail server said
	add column sent_to  text not null default '', -- the address of the last try
	add column tried_at timestamptz,
	add column resent   integer not null default 0; -- how often an administrator sent it again; each time it is another message
create index outbox_undelivered on outbox (seq) where state = 'dead';
create index outbox_held on outbox (created_at) where state = 'waiting';
create index outbox_sent on outbox (sent_at) where state = 'sent';

-- The mail server is in trouble: all mail waits, and it is asked again at again_at. No row: all is well.
create table mail_trouble (
	id        boolean primary key default true check (id), -- there is one way out
	failure   text not null,
	answer    text not null, -- what it said, or what the network did
	since     timestamptz not null,
	tries     integer not null,
	again_at  timestamptz not null,
	told_at   timestamptz
);

-- All mail is held, until go-live or for another reason; the row without an end is in force.
create table mail_hold (
	id         uuid primary key,
	held_at    timestamptz not null,
	held_by    uuid not null references person,
	reason     text not null,
	lifted_at  timestamptz,
	lifted_by  uuid references person,
	dropped    integer not null default 0, -- what was older than a day when it was lifted, and was not sent
	check ((lifted_at is null) = (lifted_by is null))
);
create unique index mail_hold_one on mail_hold ((true)) where lifted_at is null;

-- Where a message comes back to when it cannot be delivered: an address made for it alone, of which the
-- digest is kept, so that nobody can make a bounce up.
create table mail_return (
	digest     bytea primary key,
	outbox_id  uuid not null references outbox,
	person_id  uuid not null references person,
	email      text not null,
	made_at    timestamptz not null
);
create index mail_return_by_age on mail_return (made_at);

-- What was told of an address: that it takes nothing (hard), or nothing for now.
create table address_failure (
	id          uuid primary key,
	person_id   uuid not null references person,
	email       text not null, -- another address of theirs is another matter
	outbox_id   uuid not null references outbox,
	hard        boolean not null,
	failure     text not null,
	answer      text not null,
	at          timestamptz not null,
	cleared_at  timestamptz,
	cleared_by  uuid references person
);
create index address_failure_by_person on address_failure (person_id, email) where cleared_at is null;
create index address_failure_hard on address_failure (at) where hard and cleared_at is null;

-- Whose address fails now: the first time, and the latest words.
create view failing_address as
	select person_id, email, since, failure, answer, times from (
		select f.person_id, f.email, f.failure, f.answer,
		       min(f.at) over w as since, count(*) over w as times,
		       row_number() over (partition by f.person_id order by f.at desc, f.id desc) as latest
		from address_failure f join person p on p.id = f.person_id and p.email = f.email
		where f.hard and f.cleared_at is null
		window w as (partition by f.person_id)) ranked
	where latest = 1;

-- +goose Down
drop view failing_address;
drop table address_failure, mail_return, mail_hold, mail_trouble;
drop index outbox_undelivered, outbox_held, outbox_sent;
alter table outbox drop column failure, drop column sent_to, drop column tried_at, drop column resent;
