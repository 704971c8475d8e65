-- +goose Up
-- What is decided between meetings, and what the next meeting says of it.

-- Why one item could not wait, for each meeting that is not held.
create table urgent_business (
	meeting_id  uuid primary key references meeting,
	why         text not null check (why <> ''),
	begun_by    uuid not null references person,
	begun_at    timestamptz not null
);

-- How it ended without a decision. What was decided has its decision instead.
create table urgent_business_end (
	meeting_id  uuid primary key references urgent_business,
	how         text not null check (how in ('no_quorum', 'stopped')),
	reason      text not null default '',
	ended_by    uuid references person, -- null: it closed at its time
	ended_at    timestamptz not null,
	check (how <> 'stopped' or reason <> '')
);

-- Of whom a vote by correspondence asks an answer: a position for an agency, or for themselves. Where the
-- first who is asked has an interest, the next in their seat is asked as well.
create table correspondence_asked (
	vote_id    uuid not null references vote,
	votes_for  uuid not null,
	person_id  uuid not null references person,
	gives      boolean not null, -- a position; else only that they have read it, which counts towards the quorum
	asked_at   timestamptz not null,
	primary key (vote_id, votes_for, person_id)
);
create index correspondence_asked_by_person on correspondence_asked (person_id, vote_id);

-- Who has opened it, and when first.
create table correspondence_opened (
	meeting_id  uuid not null references urgent_business,
	person_id   uuid not null references person,
	opened_at   timestamptz not null,
	primary key (meeting_id, person_id)
);

-- Who was reminded: each stage once.
create table correspondence_reminder (
	vote_id    uuid not null references vote,
	person_id  uuid not null references person,
	stage      text not null check (stage in ('two_days', 'day')),
	sent_at    timestamptz not null,
	primary key (vote_id, person_id, stage)
);

-- What the next meeting said of a decision taken between meetings. It changes nothing of the decision.
create table ratification (
	decision_id  uuid primary key references decision,
	meeting_id   uuid not null references meeting,
	item_id      uuid not null references agenda_item,
	ratified     boolean not null,
	reason       text not null default '',
	quorum       text not null,
	recorded_by  uuid not null references person,
	recorded_at  timestamptz not null,
	check (ratified or reason <> '')
);
create index ratification_by_meeting on ratification (meeting_id);

alter table agenda_item add foreign key (ratifies_id) references decision;

create trigger record_never_changes before update or delete on urgent_business for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on urgent_business_end for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on correspondence_asked for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on correspondence_opened for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on ratification for each row execute function record_never_changes();

-- +goose Down
alter table agenda_item drop constraint agenda_item_ratifies_id_fkey;
drop table ratification, correspondence_reminder, correspondence_opened, correspondence_asked, urgent_business_end, urgent_business;
