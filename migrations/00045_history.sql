-- +goose Up
-- What was decided and promised before the partnership used Quorate, brought from its own records.

-- A workbook somebody chose: what it says, compared with what is held, waiting to be confirmed.
create table history_import (
	id          uuid primary key,
	version     integer not null default 1, -- moves when the comparison is made again
	status      text not null default 'staged' check (status in ('staged', 'confirmed', 'abandoned')),
	file_name   text not null,
	sheets      jsonb not null, -- [{"kind", "name", "new", "changed", "unchanged", "warnings", "errors", "error_rows"}]
	notices     jsonb not null, -- sentences about the file as a whole
	digest      text not null,  -- of the comparison the preview shows
	staged_by   uuid references person, -- null: the product's own command line
	staged_at   timestamptz not null,
	settled_at  timestamptz,
	check ((status = 'staged') = (settled_at is null))
);
create index history_import_by_time on history_import (staged_at desc);

-- Its rows, until it is confirmed or abandoned.
create table history_import_row (
	import_id   uuid not null references history_import on delete cascade,
	sheet       integer not null, -- its place among the sheets
	row_number  integer not null,
	kind        text not null check (kind in ('new', 'changed', 'unchanged')),
	words       text not null,
	changes     jsonb not null,
	said        jsonb not null,
	primary key (import_id, sheet, row_number)
);
create index history_import_row_by_kind on history_import_row (import_id, sheet, kind, row_number);

create table history_import_problem (
	import_id   uuid not null references history_import on delete cascade,
	position    integer not null,
	sheet       integer not null,
	severity    text not null check (severity in ('warning', 'error')),
	row_number  integer not null,
	heading     text not null,
	value       text not null,
	problem     text not null,
	primary key (import_id, position)
);

-- A decision of a meeting held before Quorate. It is a fact of record and no event of a room: nobody
-- voted on it here, no quorum was counted, and no chain vouches for it.
create table brought_decision (
	id             uuid primary key,
	import_id      uuid not null references history_import,
	meeting_id     uuid not null references meeting,
	forum_id       uuid not null references forum,
	case_id        uuid not null references cases on delete restrict,
	item           text not null default '', -- tells two decisions of one meeting about one person apart
	outcome        text not null,
	words          text not null,
	weekly_pence   bigint check (weekly_pence >= 0),
	one_off_pence  bigint check (one_off_pence >= 0),
	review_on      date,
	conditions     text not null default '',
	brought_by     uuid references person,
	brought_at     timestamptz not null,
	version        integer not null default 1
);
create unique index brought_decision_key on brought_decision (meeting_id, case_id, lower(item));
create index brought_decision_by_case on brought_decision (case_id);
create index brought_decision_by_forum on brought_decision (forum_id, meeting_id);

create table brought_share (
	decision_id    uuid not null references brought_decision on delete cascade,
	agency_id      uuid not null references agency,
	weekly_pence   bigint not null check (weekly_pence >= 0),
	one_off_pence  bigint not null check (one_off_pence >= 0),
	primary key (decision_id, agency_id)
);

-- What a brought action said when it was brought: it has a life of its own since, and bringing the
-- same file again must not undo that.
create table brought_action (
	action_id  uuid primary key references action,
	import_id  uuid not null references history_import,
	owner_id   uuid not null references person,
	agency_id  uuid references agency,
	due_on     date not null
);

-- +goose Down
drop table brought_action, brought_share, brought_decision, history_import_problem, history_import_row, history_import;
