-- +goose Up
-- What goes with a published agenda: whether it was late, who was reminded to read it, and the packs made of it.

alter table agenda_version
	add due_on      date,                       -- the day by which the agenda had to be out when this version was
	add late_reason text not null default '';   -- why the first version came after that day

-- Who was reminded to open a version, and when: once a day at most.
create table agenda_reminder (
	meeting_id  uuid not null,
	version     integer not null,
	person_id   uuid not null references person,
	on_date     date not null,
	reminded_by uuid not null references person,
	reminded_at timestamptz not null,
	primary key (meeting_id, version, person_id, on_date),
	foreign key (meeting_id, version) references agenda_version (meeting_id, version)
);

-- A pack being made as a PDF, or made, for one person and one version. What it says is told by its mark:
-- when the reader's agenda says something else, it is made anew. The file is in the file store, under a random key.
create table pack (
	id          uuid primary key,
	meeting_id  uuid not null,
	version     integer not null,
	person_id   uuid not null references person,
	mark        text not null,
	state       text not null default 'asked' check (state in ('asked', 'making', 'made', 'failed')),
	tries       integer not null default 0,
	key         text not null default '',
	bytes       bigint not null default 0,
	asked_at    timestamptz not null,
	started_at  timestamptz,
	made_at     timestamptz,
	constraint pack_key unique (meeting_id, version, person_id),
	foreign key (meeting_id, version) references agenda_version (meeting_id, version),
	check ((state = 'made') = (key <> ''))
);
create index pack_waiting on pack (asked_at) where state in ('asked', 'making');
create index pack_by_age on pack (asked_at);

-- +goose Down
drop table pack, agenda_reminder;
alter table agenda_version drop column late_reason, drop column due_on;
