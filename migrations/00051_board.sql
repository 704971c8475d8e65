-- +goose Up
-- What a board answers and what becomes of it, what was recommended, what comes when, and the year.

-- Whom a member of a board lets answer in their name, for a time. It ends by itself after its last day.
create table board_delegate (
	id           uuid primary key,
	board_id     uuid not null references forum,
	member_id    uuid not null references person, -- in whose name
	delegate_id  uuid not null references person,
	from_on      date not null,
	until_on     date not null,
	named_at     timestamptz not null,
	ended_at     timestamptz,                     -- taken back before its last day
	check (until_on >= from_on),
	check (delegate_id <> member_id)
);
create index board_delegate_by_delegate on board_delegate (delegate_id, until_on) where ended_at is null;
create index board_delegate_by_board on board_delegate (board_id, until_on desc);

alter table board_answer
	add column answered_for uuid references person,  -- in whose name a delegate answered; null: their own
	add column meeting_id   uuid references meeting, -- in whose room it was given; null: between meetings
	add column look_on      date;                    -- without effect by then, it comes back to the board
create index board_answer_by_look on board_answer (look_on);
create index board_answer_by_meeting on board_answer (meeting_id) where meeting_id is not null;

alter table escalation add column follows_id uuid references escalation; -- the one whose answer had no effect

-- The board asks for more before it answers. One question stands at a time.
create table board_question (
	id             uuid primary key,
	escalation_id  uuid not null references escalation,
	question       text not null,
	reply_by       date not null,
	asked_by       uuid not null references person,
	asked_for      uuid references person, -- in whose name a delegate asked
	asked_at       timestamptz not null,
	reply          text not null default '',
	replied_by     uuid references person,
	replied_at     timestamptz,
	chased_on      date,
	check ((replied_at is null) = (reply = '')),
	check ((replied_at is null) = (replied_by is null))
);
create unique index board_question_open on board_question (escalation_id) where replied_at is null;
create index board_question_by_escalation on board_question (escalation_id, id);
create index board_question_by_day on board_question (reply_by) where replied_at is null;

-- What those who carry out an answer say became of it, the latest last.
create table answer_report (
	id           uuid primary key,
	answer_id    uuid not null references board_answer,
	done         boolean not null,
	words        text not null, -- read by the board: no names, no references
	reported_by  uuid not null references person,
	reported_at  timestamptz not null
);
create index answer_report_by_answer on answer_report (answer_id, id);
create trigger answer_report_kept before update or delete on answer_report for each row execute function kept_as_written();

-- What boards and reviews recommended, and what came of it.
create sequence recommendation_number start 1;
create table recommendation (
	id              uuid primary key,
	number          bigint not null default nextval('recommendation_number') constraint recommendation_number_key unique,
	board_id        uuid not null references forum, -- whose register it is in
	answer_id       uuid references board_answer constraint recommendation_answer_key unique, -- of the board, where it comes from one
	source          text not null check (source in ('board', 'review', 'inspection', 'audit', 'other')),
	source_name     text not null,                  -- "Safeguarding practice review, March 2026"
	text            text not null,                  -- no names, no references
	made_on         date not null,
	made_to         text not null,                  -- who is to respond: an agency, a forum, a service
	lead_id         uuid not null references person, -- who responds for them
	response_due    date not null,
	response        text not null default '' check (response in ('', 'accepted', 'partly', 'not_accepted')),
	reason          text not null default '',       -- of accepting it partly or not
	responded_on    date,
	due_on          date,                           -- when what is accepted is to be done
	done_on         date,
	evidence        text not null default '',
	chased_on       date,
	added_by        uuid not null references person,
	added_at        timestamptz not null,
	version         integer not null default 1,
	check ((response = '') = (responded_on is null)),
	check ((response in ('partly', 'not_accepted')) = (reason <> '')),
	check ((response in ('accepted', 'partly')) = (due_on is not null)),
	check (done_on is null or (response in ('accepted', 'partly') and evidence <> ''))
);
create index recommendation_by_board on recommendation (board_id, made_on desc);
create index recommendation_by_lead on recommendation (lead_id);
create index recommendation_by_response on recommendation (response_due) where response = '';
create index recommendation_by_due on recommendation (due_on) where done_on is null and response in ('accepted', 'partly');

-- What happened to a recommendation, oldest first. Rows are never changed.
create table recommendation_step (
	id                 uuid primary key,
	recommendation_id  uuid not null references recommendation,
	kind               text not null check (kind in ('made', 'responded', 'progress', 'done', 'lead', 'chased')),
	words              text not null,
	at                 timestamptz not null,
	by_person          uuid references person -- null: by schedule
);
create index recommendation_step_by_one on recommendation_step (recommendation_id, id);
create trigger recommendation_step_kept before update or delete on recommendation_step for each row execute function kept_as_written();

-- What a board's clerk plans for a month besides what falls due by itself.
create table board_plan_item (
	id        uuid primary key,
	board_id  uuid not null references forum,
	title     text not null, -- no names, no references
	month     date not null check (extract(day from month) = 1),
	lead_id   uuid references person,
	added_by  uuid not null references person,
	added_at  timestamptz not null,
	ended_at  timestamptz,   -- taken off
	version   integer not null default 1
);
create index board_plan_item_by_board on board_plan_item (board_id, month) where ended_at is null;

-- What the partnership set out to deliver: actions with an owner, a deadline and how quality is judged.
create table delivery_action (
	id        uuid primary key,
	board_id  uuid not null references forum,
	title     text not null,
	measure   text not null, -- how anybody will tell that it was done well
	owner_id  uuid not null references person,
	due_on    date not null,
	state     text not null default 'not_started' check (state in ('not_started', 'under_way', 'done', 'stopped')),
	state_on  date not null,
	added_at  timestamptz not null,
	version   integer not null default 1
);
create index delivery_action_by_board on delivery_action (board_id, due_on);

create table delivery_step (
	id         uuid primary key,
	action_id  uuid not null references delivery_action,
	state      text not null,
	words      text not null,
	on_day     date not null,
	at         timestamptz not null,
	by_person  uuid not null references person
);
create index delivery_step_by_action on delivery_step (action_id, id);
create trigger delivery_step_kept before update or delete on delivery_step for each row execute function kept_as_written();

-- A board's report of a year, kept as it was issued.
create table yearly_report (
	id         uuid primary key,
	board_id   uuid not null references forum,
	from_on    date not null,
	until_on   date not null,
	content    jsonb not null,
	issued_at  timestamptz not null,
	issued_by  uuid not null references person,
	constraint yearly_report_once unique (board_id, from_on)
);
create trigger yearly_report_kept before update or delete on yearly_report for each row execute function kept_as_written();

-- +goose Down
drop table yearly_report, delivery_step, delivery_action, board_plan_item, recommendation_step, recommendation, answer_report, board_question, board_delegate;
drop sequence recommendation_number;
alter table escalation drop column follows_id;
alter table board_answer drop column answered_for, drop column meeting_id, drop column look_on;
