-- +goose Up
-- What a meeting will discuss, and why.

-- Rules are data. A change is a new row with the next version; the highest version of a key is in
-- force, so what an agenda was built by can always be read again.
create table rule (
	key          text not null,
	version      integer not null check (version >= 1),
	position     integer not null,             -- order on the rules page
	name         text not null,
	text         text not null,                -- the reason as the agenda gives it: {on}, {age}, {weekly}, {annual} and parameters are filled in
	law          text not null,                -- the law or policy
	applies      text not null,                -- expression: does it concern this case?
	turns_on     text not null default '',     -- expression: the date behind it; empty when there is none
	listed_from  text not null default '',     -- expression: the first day it lists the case; empty is turns_on
	parameters   jsonb not null default '[]',  -- [{"name","label","unit","value"}]
	templates    jsonb not null default '[]',  -- the forum templates it serves
	columns      jsonb not null default '[]',  -- the tracker columns without which it cannot be judged
	from_age     integer not null default 14,  -- completed years, inclusive
	to_age       integer not null default 25,  -- completed years, inclusive
	asks_consent boolean not null default false, -- stands back when consent was refused
	weight       integer not null check (weight between 0 and 100),
	minutes      integer not null default 0,   -- minutes the item needs at least; 0 is the forum's usual
	enabled      boolean not null default true,
	changed_by   uuid references person,       -- null: shipped with the product
	changed_at   timestamptz not null default now(),
	primary key (key, version),
	check (from_age <= to_age)
);

create sequence request_number start 2001;

create table funding_request (
	id                  uuid primary key,
	number              bigint not null default nextval('request_number') constraint funding_request_number_key unique,
	case_id             uuid not null references cases,
	forum_id            uuid not null references forum,   -- the panel asked
	submitted_by        uuid not null references person,  -- the presenter
	state               text not null default 'draft' check (state in ('draft', 'submitted', 'returned', 'tabled', 'decided')),
	need                text not null default '',
	outcomes            text not null default '',
	options_considered  text not null default '',
	already_owed        text not null default '',
	weekly_pence        bigint not null default 0 check (weekly_pence >= 0),
	one_off_pence       bigint not null default 0 check (one_off_pence >= 0),
	starts_on           date,
	ends_on             date,
	review_on           date,
	questions           text not null default '',         -- asked when it was returned
	meeting_id          uuid references meeting,          -- where it is tabled
	created_at          timestamptz not null,
	submitted_at        timestamptz,
	decided_at          timestamptz,
	version             integer not null default 1,
	check (ends_on is null or starts_on is null or ends_on >= starts_on),
	check ((state in ('tabled', 'decided')) = (meeting_id is not null))
);
create index funding_request_by_forum on funding_request (forum_id, state);
create index funding_request_by_presenter on funding_request (submitted_by, created_at);
create index funding_request_by_case on funding_request (case_id);
create index funding_request_by_meeting on funding_request (meeting_id) where meeting_id is not null;

create table request_share (
	request_id     uuid not null references funding_request on delete cascade,
	agency_id      uuid not null references agency,
	weekly_pence   bigint not null default 0 check (weekly_pence >= 0),
	one_off_pence  bigint not null default 0 check (one_off_pence >= 0),
	primary key (request_id, agency_id)
);

create table agenda_item (
	id              uuid primary key,
	meeting_id      uuid not null references meeting,
	number          text not null default '',
	position        integer not null,
	kind            text not null check (kind in ('standing', 'case', 'request', 'answer', 'escalation')),
	title           text not null default '',
	case_id         uuid references cases,
	request_id      uuid references funding_request,
	escalation_id   uuid,
	presenter_id    uuid references person,
	minutes         integer not null check (minutes between 0 and 240),
	minutes_set     boolean not null default false, -- somebody chose the minutes; a rebuild keeps them
	moved           boolean not null default false, -- somebody chose its place; a rebuild keeps it
	state           text not null default 'listed' check (state in ('listed', 'removed', 'taken_off')),
	removed_reason  text not null default '',
	late_reason     text not null default '',       -- added after publication, and why
	pinned          boolean not null default false,
	urgency         integer not null default 0,
	reasons         jsonb not null default '[]',
	created_at      timestamptz not null,
	version         integer not null default 1
);
create index agenda_item_by_meeting on agenda_item (meeting_id, position);
create index agenda_item_by_case on agenda_item (case_id) where case_id is not null;
create index agenda_item_by_presenter on agenda_item (presenter_id) where presenter_id is not null;
create unique index agenda_item_number_key on agenda_item (meeting_id, number) where number <> '';
create unique index agenda_item_case_key on agenda_item (meeting_id, case_id) where kind = 'case';
create unique index agenda_item_request_key on agenda_item (meeting_id, request_id) where request_id is not null;
create unique index agenda_item_escalation_key on agenda_item (meeting_id, escalation_id) where kind in ('answer', 'escalation');

-- A published agenda. Content is the whole snapshot; names are not in it, they come from the case.
create table agenda_version (
	id            uuid primary key,
	meeting_id    uuid not null references meeting,
	version       integer not null,
	published_at  timestamptz not null,
	published_by  uuid not null references person,
	content       jsonb not null,
	constraint agenda_version_key unique (meeting_id, version)
);

-- +goose StatementBegin
create function agenda_version_never_changes() returns trigger language plpgsql as $$
begin
	raise exception 'a published agenda never changes: publish a new version';
end
$$;
-- +goose StatementEnd
create trigger agenda_version_never_changes before update or delete on agenda_version
	for each row execute function agenda_version_never_changes();

-- Who has opened a published agenda.
create table agenda_read (
	meeting_id  uuid not null,
	version     integer not null,
	person_id   uuid not null references person,
	read_at     timestamptz not null,
	primary key (meeting_id, version, person_id),
	foreign key (meeting_id, version) references agenda_version (meeting_id, version)
);

-- What comes back to a forum on a date. For the kinds answer and escalation the source is the escalation.
create table due (
	id          uuid primary key,
	forum_id    uuid not null references forum,
	kind        text not null check (kind in ('deferred', 'review', 'action', 'answer', 'request', 'escalation', 'ratify')),
	source_id   uuid not null,
	case_id     uuid references cases,
	request_id  uuid references funding_request,
	due_on      date not null,
	text        text not null,
	law         text not null default '',
	done_at     timestamptz,
	constraint due_source_key unique (forum_id, kind, source_id)
);
create index due_open on due (forum_id, due_on) where done_at is null;
create index due_by_case on due (case_id) where case_id is not null;

-- +goose Down
drop table due, agenda_read, agenda_version, agenda_item, request_share, funding_request, rule;
drop function agenda_version_never_changes;
drop sequence request_number;
