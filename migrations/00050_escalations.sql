-- +goose Up
-- What is stuck, how it climbs, and what the board answers.

-- The levels a blocker climbs, lowest first. Rows without a forum are the partnership's; a forum
-- with rows of its own uses those alone. A level that nobody holds is skipped: a dispute level
-- without its forum, heads of service without a person, a board the forum does not lead to.
create table ladder_level (
	id              uuid primary key,
	forum_id        uuid references forum,
	position        integer not null,
	key             text not null check (key ~ '^[a-z][a-z0-9-]{0,30}$'), -- 'forum' is the first, 'board' the last
	name            text not null default '', -- '': the name of the forum that holds it
	forum_template  text not null default '', -- held by the forum made from this shipped template
	held_by         uuid references forum,
	person_id       uuid references person,
	after_days      integer check (after_days between 1 and 365), -- calendar days; null: the forum's terms of reference say
	answer_days     integer not null default 3 check (answer_days between 1 and 60), -- working days in which its holder acknowledges
	version         integer not null default 1,
	check (held_by is null or person_id is null),
	constraint ladder_level_key unique nulls not distinct (forum_id, key),
	constraint ladder_level_position_key unique nulls not distinct (forum_id, position)
);
insert into ladder_level (id, position, key, name, forum_template) values
	(gen_random_uuid(), 1, 'forum', '', ''),
	(gen_random_uuid(), 2, 'dispute', '', 'marp'),
	(gen_random_uuid(), 3, 'heads', 'Heads of service', ''),
	(gen_random_uuid(), 4, 'board', '', '');

-- What raises a blocker a level at once, besides its time being up. Rows without a forum are the partnership's; a
-- forum with rows of its own uses those alone.
create table ladder_rule (
	forum_id   uuid references forum,
	key        text not null check (key in ('deferred', 'birthday', 'funders')),
	threshold  integer not null check (threshold between 1 and 730),
	enabled    boolean not null default true,
	constraint ladder_rule_key unique nulls not distinct (forum_id, key)
);
insert into ladder_rule (key, threshold) values
	('deferred', 2),  -- deferrals of the same case
	('birthday', 56), -- calendar days to the 18th birthday
	('funders', 1);   -- decisions on the same request that the funders did not agree

create sequence blocker_number start 1;

create table blocker (
	id               uuid primary key,
	number           bigint not null default nextval('blocker_number') constraint blocker_number_key unique,
	forum_id         uuid not null references forum, -- where it was raised and is resolved
	meeting_id       uuid references meeting,
	item_id          uuid references agenda_item,
	case_id          uuid references cases on delete restrict, -- null: a theme, many cases with one cause
	request_id       uuid,
	kind             text not null check (kind in ('funding_dispute', 'housing', 'provider', 'chc_eligibility', 'assessment_capacity', 'data_or_consent', 'court_delay', 'other')),
	theme            text not null,            -- read by the board: no names, no references
	needed           text not null,            -- read by the board: no names, no references
	details          text not null default '', -- case content: the forum's eyes only
	owner_id         uuid not null references person,
	needed_by        date,
	weekly_pence     bigint check (weekly_pence >= 0),
	young_people     integer not null default 1 check (young_people between 1 and 100000),
	linked_forum_id  uuid references forum,
	level            text not null,
	level_name       text not null,
	level_forum_id   uuid references forum,
	level_person_id  uuid references person, -- who holds a level that no forum holds
	level_since      date not null,
	level_days       integer not null, -- calendar days it may stay there
	stay             integer not null default 1, -- 1 for the first level it stood at, then 2, 3 …
	state            text not null default 'open' check (state in ('open', 'resolved')),
	resolution       text not null default '',
	raised_by        uuid references person, -- null: raised by rule
	raised_at        timestamptz not null,
	resolved_at      timestamptz,
	acknowledge_by   date, -- the last working day for whoever holds the level to say that they have it
	acknowledged_by  uuid references person,
	acknowledged_at  timestamptz,
	reminded_on      date, -- when they were last reminded to
	snoozed_until    date, -- nothing moves it before; it ends by itself
	snooze_reason    text not null default '',
	joined_into      uuid references blocker, -- the one of the same cause that goes on in its place
	split_from       uuid references blocker, -- the one it was part of
	version          integer not null default 1,
	check ((state = 'resolved') = (resolved_at is not null)),
	check (joined_into is null or state = 'resolved'),
	check ((acknowledged_by is null) = (acknowledged_at is null)),
	check ((snoozed_until is null) = (snooze_reason = ''))
);
create index blocker_by_forum on blocker (forum_id, state);
create index blocker_by_owner on blocker (owner_id, state);
create index blocker_joined_into on blocker (joined_into) where joined_into is not null;
create index blocker_split_from on blocker (split_from) where split_from is not null;
create index blocker_by_level_forum on blocker (level_forum_id) where state = 'open';
create index blocker_by_level_person on blocker (level_person_id) where state = 'open' and level_person_id is not null;
create index blocker_by_case on blocker (case_id) where case_id is not null;
create unique index blocker_open_once on blocker (forum_id, case_id, kind) where state = 'open' and case_id is not null;
create trigger blocker_follows_merge before insert on blocker for each row execute function follows_merge();

-- The young people whom a blocker of many cases names. It may affect more than it names.
create table blocker_case (
	blocker_id  uuid not null references blocker,
	case_id     uuid not null references cases on delete restrict,
	added_at    timestamptz not null,
	primary key (blocker_id, case_id)
);
create index blocker_case_by_case on blocker_case (case_id);

-- Whom a blocker names, one or many: each young person once, by the case that stands.
create view blocker_concerns as
	select b.id as blocker_id, standing_case(b.case_id) as case_id from blocker b where b.case_id is not null
	union
	select k.blocker_id, standing_case(k.case_id) from blocker_case k;

-- The blocker that goes on for one that joined another, and that another, and so on.
-- +goose StatementBegin
create function standing_blocker(uuid) returns uuid language sql stable as $$
	with recursive on_to as (
		select b.id, b.joined_into from blocker b where b.id = $1
		union
		select b.id, b.joined_into from blocker b join on_to o on b.id = o.joined_into
	)
	select o.id from on_to o where o.joined_into is null
$$;
-- +goose StatementEnd

-- The decisions a blocker is about.
create table blocker_decision (
	blocker_id   uuid not null references blocker,
	decision_id  uuid not null references decision,
	primary key (blocker_id, decision_id)
);
create index blocker_decision_by_decision on blocker_decision (decision_id);

-- The whole story of a blocker, in words, oldest first. Rows are never changed.
create table blocker_step (
	id           uuid primary key,
	blocker_id   uuid not null references blocker,
	number       integer not null,
	kind         text not null check (kind in ('raised', 'risen', 'moved', 'answered', 'asked_back', 'replied', 'reported', 'returned', 'chased', 'passed_on', 'joined', 'split', 'resolved', 'acknowledged', 'raised_again', 'snoozed', 'woken', 'ladder', 'disputed', 'stated', 'interim', 'settled')),
	from_level   text not null default '',
	to_level     text not null default '',
	rule         text not null default '', -- the rule that acted; '' when a person did
	words        text not null, -- why, with the rule and the dates; the forum's eyes only
	board_words  text not null, -- the same for a board: no birthdays, no names
	happened_on  date not null,
	at           timestamptz not null,
	by_person    uuid references person,
	constraint blocker_step_number_key unique (blocker_id, number)
);

-- What a rule has already acted on, so that it acts on it once.
create table blocker_cause (
	blocker_id  uuid not null references blocker,
	rule        text not null,
	evidence    text not null, -- "stay 2", a decision's id, a birthday
	step_id     uuid not null references blocker_step,
	primary key (blocker_id, rule, evidence)
);

-- A blocker that has reached its board: what is asked, and whether it was answered.
create table escalation (
	id             uuid primary key,
	blocker_id     uuid not null references blocker,
	board_id       uuid not null references forum,
	stay           integer not null, -- the blocker's stay at the board's level
	asked_at       timestamptz not null,
	reached_on     date not null,
	answer_due_on  date not null,
	state          text not null default 'waiting' check (state in ('waiting', 'answered', 'not_agreed', 'resolved')),
	chased_on      date,
	version        integer not null default 1,
	constraint escalation_once unique (blocker_id, stay)
);
create index escalation_by_board on escalation (board_id, state);

create table board_answer (
	id             uuid primary key,
	escalation_id  uuid not null references escalation constraint board_answer_once unique,
	agreed         boolean not null,
	direction      text not null default '', -- what the board directs, when agreed
	owner_id       uuid references person,
	act_by         date,
	reason         text not null default '', -- "not agreed, because"
	answered_by    uuid not null references person,
	answered_at    timestamptz not null,
	chased_on      date,
	check (agreed = (direction <> '' and owner_id is not null and act_by is not null)),
	check (agreed <> (reason <> ''))
);

-- A board's answer stays as it was given; only when it was last chased is noted.
revoke update, delete on board_answer from quorate_app;
grant update (chased_on) on board_answer to quorate_app;

-- Who carries out what a board directed: whoever it named, until they passed it on.
create view direction_owner as
	select a.id as answer_id, a.escalation_id, coalesce((
		select t.to_id from handover_thing t
		where t.kind = 'direction' and t.thing_id = a.id and t.to_id is not null order by t.handover_id desc limit 1), a.owner_id) as owner_id
	from board_answer a where a.agreed;

-- What a digest said, kept as sent.
create table digest (
	id        uuid primary key,
	board_id  uuid not null references forum,
	period    text not null, -- "meeting:<id>", "week:2026-11-23", "asked:2026-11-26"
	as_at     date not null,
	content   jsonb not null,
	sent_at   timestamptz not null,
	sent_by   uuid references person, -- null: sent by schedule
	sent_to   integer not null,
	constraint digest_period_key unique (board_id, period)
);
create index digest_by_board on digest (board_id, sent_at desc);

-- The periods for which somebody looked whether a digest was wanted, once each.
create table digest_look (
	board_id   uuid not null references forum,
	period     text not null,
	looked_at  timestamptz not null,
	primary key (board_id, period)
);

-- +goose StatementBegin
create function kept_as_written() returns trigger language plpgsql as $$
begin
	raise exception '% is kept as it was written', tg_table_name;
end $$;
-- +goose StatementEnd
create trigger digest_kept before update or delete on digest for each row execute function kept_as_written();
create trigger blocker_step_kept before update or delete on blocker_step for each row execute function kept_as_written();

-- +goose Down
drop view direction_owner;
drop view blocker_concerns;
drop function standing_blocker;
drop table digest_look, digest, board_answer, escalation, blocker_cause, blocker_step, blocker_decision, blocker_case, blocker, ladder_rule, ladder_level;
drop function kept_as_written;
drop sequence blocker_number;
