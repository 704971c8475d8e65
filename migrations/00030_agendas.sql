-- +goose Up
-- What a meeting will discuss.

create table agenda_item (
	id              uuid primary key,
	meeting_id      uuid not null references meeting,
	number          text not null default '',
	position        integer not null,
	kind            text not null check (kind in ('standing', 'case', 'request', 'answer', 'escalation')),
	title           text not null default '',
	case_id         uuid references cases,
	request_id      uuid,
	escalation_id   uuid,
	presenter_id    uuid references person,
	minutes         integer not null check (minutes between 0 and 240),
	state           text not null default 'listed' check (state in ('listed', 'removed', 'taken_off')),
	removed_reason  text not null default '',
	pinned          boolean not null default false,
	urgency         integer not null default 0,
	reasons         jsonb not null default '[]',
	created_at      timestamptz not null,
	version         integer not null default 1
);
create index agenda_item_by_meeting on agenda_item (meeting_id, position);
create index agenda_item_by_case on agenda_item (case_id) where case_id is not null;
create index agenda_item_by_presenter on agenda_item (presenter_id) where presenter_id is not null;

create table agenda_version (
	id            uuid primary key,
	meeting_id    uuid not null references meeting,
	version       integer not null,
	published_at  timestamptz not null,
	published_by  uuid not null references person,
	content       jsonb not null,
	constraint agenda_version_key unique (meeting_id, version)
);

create table due (
	id          uuid primary key,
	forum_id    uuid not null references forum,
	kind        text not null,
	source_id   uuid not null,
	case_id     uuid references cases,
	request_id  uuid,
	due_on      date not null,
	text        text not null,
	law         text not null default '',
	done_at     timestamptz,
	constraint due_source_key unique (forum_id, kind, source_id)
);
create index due_open on due (forum_id, due_on) where done_at is null;

-- +goose Down
drop table due, agenda_version, agenda_item;
