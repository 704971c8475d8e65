-- +goose Up
-- Whose an action is. A row stays when the action passes to somebody else: the meeting's own record
-- names whoever took it on.
create table action_owner (
	action_id   uuid not null references action,
	person_id   uuid not null references person,
	position    integer not null,
	took_on     boolean not null,  -- when it was raised; false: it passed to them later
	ended_at    timestamptz,       -- it passed to somebody else
	primary key (action_id, person_id)
);
create index action_owner_now on action_owner (person_id) where ended_at is null;
create trigger record_never_changes before delete on action_owner for each row execute function record_never_changes();

-- What happened to an action after it was raised, in order of id.
create table action_step (
	id          uuid primary key,
	action_id   uuid not null references action,
	meeting_id  uuid not null references meeting, -- whose log has it
	kind        text not null check (kind in ('progress', 'not_done', 'done', 'reopened', 'moved', 'passed_on', 'brought_again')),
	text        text not null,                    -- progress, what was done, why it was not, was moved or reopened
	due_was     date,                             -- moved: the day before
	due_on      date,                             -- moved: the day since
	from_id     uuid references person,           -- passed on: from whom
	to_id       uuid references person,           -- passed on: to whom
	by_id       uuid references person,           -- null: the product itself
	at          timestamptz not null
);
create index action_step_by_action on action_step (action_id, id);
create index action_step_by_meeting on action_step (meeting_id);
create trigger record_never_changes before update or delete on action_step for each row execute function record_never_changes();

-- One email to one person about the actions whose stage came that morning. Each stage of each due day
-- is told once to each owner.
create table action_reminding (
	id         uuid primary key,
	person_id  uuid not null references person,
	at         timestamptz not null
);
create table action_reminder (
	action_id     uuid not null references action,
	person_id     uuid not null references person,
	due_on        date not null,
	stage         text not null check (stage in ('week', 'day', 'overdue')),
	reminding_id  uuid not null references action_reminding,
	primary key (action_id, person_id, due_on, stage)
);
create index action_reminder_by_reminding on action_reminder (reminding_id);

-- +goose Down
drop table action_reminder, action_reminding, action_step, action_owner;
