-- +goose Up
-- Notes with one writer at a time, and the minutes that are made of them.

-- An item has one note, which several people may write in turn.
create unique index note_one_an_item on note (item_id);

-- Who writes the notes of an item, and who has asked to take over.
create table note_pen (
	item_id      uuid primary key references agenda_item,
	meeting_id   uuid not null references meeting,
	holder_id    uuid not null references person,
	held_at      timestamptz not null,
	asked_by_id  uuid references person,
	asked_at     timestamptz,
	check ((asked_by_id is null) = (asked_at is null)),
	check (asked_by_id <> holder_id)
);
create index note_pen_by_meeting on note_pen (meeting_id);

-- The minutes of a meeting: drafted, sent for comment, final, approved as a correct record. Once they are
-- approved nothing of them changes any more. facts is what was assembled, as it was when they were made
-- final, without anything about one item: that is on each minute.
create table minutes (
	meeting_id           uuid primary key references meeting,
	state                text not null default 'draft' check (state in ('draft', 'for_comment', 'final', 'approved')),
	comments_until       date,
	sent_at              timestamptz, -- for comment
	sent_by              uuid references person,
	final_at             timestamptz,
	final_by             uuid references person,
	facts                jsonb,
	approved_at          timestamptz,
	approved_by          uuid references person,
	approved_meeting_id  uuid references meeting,
	version              integer not null default 1,
	check (state <> 'for_comment' or comments_until is not null and sent_at is not null),
	check (state not in ('final', 'approved') or final_at is not null and facts is not null),
	check ((state = 'approved') = (approved_at is not null and approved_by is not null and approved_meeting_id is not null))
);
create index minutes_waiting on minutes (meeting_id) where state <> 'approved';
create index minutes_approved_at on minutes (approved_meeting_id) where approved_meeting_id is not null;

-- How far a forum has counted its minutes in a year.
create table minute_count (
	forum_id  uuid not null references forum,
	year      integer not null,
	last      integer not null,
	primary key (forum_id, year)
);

-- One item's minute. Its number runs through the forum's calendar year: 20/26 is the twentieth of 2026.
create table minute (
	id          uuid primary key,
	meeting_id  uuid not null references minutes,
	item_id     uuid not null references agenda_item constraint minute_item_key unique,
	forum_id    uuid not null references forum,
	year        integer not null,
	number      integer not null check (number >= 1),
	version     integer not null default 0, -- of its wording; 0: it says what the notes say
	facts       jsonb,
	constraint minute_number_key unique (forum_id, year, number)
);
create index minute_by_meeting on minute (meeting_id);

create table minute_version (
	minute_id  uuid not null references minute,
	version    integer not null,
	text       text not null,
	author     uuid not null references person,
	at         timestamptz not null,
	primary key (minute_id, version)
);

-- What somebody who was asked to the meeting says of a minute, or of all of them, and the answer.
create table minutes_comment (
	id           uuid primary key,
	meeting_id   uuid not null references minutes,
	item_id      uuid references agenda_item,
	person_id    uuid not null references person,
	text         text not null,
	at           timestamptz not null,
	answer       text not null default '',
	answered_by  uuid references person,
	answered_at  timestamptz,
	check ((answered_at is null) = (answer = ''))
);
create index minutes_comment_by_meeting on minutes_comment (meeting_id);

-- What was assembled is not edited: what is wrong in it is put right beside it.
create table minutes_correction (
	id           uuid primary key,
	meeting_id   uuid not null references minutes,
	item_id      uuid references agenda_item,
	text         text not null,
	made_by      uuid not null references person,
	made_at      timestamptz not null,
	at_approval  boolean not null default false
);
create index minutes_correction_by_meeting on minutes_correction (meeting_id);

-- One young person's part of final minutes, let go to the agencies' own case systems. words is what somebody
-- asked to leave out beside the names that are left out by themselves; mark tells what it then said.
create table minutes_extract (
	id           uuid primary key,
	meeting_id   uuid not null references minutes,
	item_id      uuid not null references agenda_item constraint minutes_extract_item_key unique,
	words        jsonb not null default '[]',
	mark         text not null,
	released_by  uuid not null references person,
	released_at  timestamptz not null
);

-- +goose StatementBegin
create function approved_minutes_are_locked() returns trigger language plpgsql as $$
declare
	of_meeting uuid;
begin
	if tg_table_name = 'minute_version' then
		select meeting_id into of_meeting from minute where id = (to_jsonb(new) ->> 'minute_id')::uuid;
	else
		of_meeting := (to_jsonb(new) ->> 'meeting_id')::uuid;
	end if;
	if exists (select from minutes where meeting_id = of_meeting and state = 'approved') then
		raise exception 'these minutes are approved as a correct record and locked';
	end if;
	return new;
end
$$;
create function minutes_go_forward() returns trigger language plpgsql as $$
begin
	if old.state = 'approved' then
		raise exception 'these minutes are approved as a correct record and locked';
	end if;
	if old.state = 'final' and (new.state not in ('final', 'approved')
		or (to_jsonb(new) - array['state', 'approved_at', 'approved_by', 'approved_meeting_id', 'version'])
			is distinct from (to_jsonb(old) - array['state', 'approved_at', 'approved_by', 'approved_meeting_id', 'version'])) then
		raise exception 'final minutes are only approved: put a correction beside them';
	end if;
	return new;
end
$$;
create function final_minutes_are_not_reworded() returns trigger language plpgsql as $$
begin
	if exists (select from minutes where meeting_id = new.meeting_id and state in ('final', 'approved')) then
		raise exception 'final minutes are not reworded: put a correction beside them';
	end if;
	return new;
end
$$;
create function comment_is_only_answered() returns trigger language plpgsql as $$
begin
	if old.answered_at is not null
		or (to_jsonb(new) - array['answer', 'answered_by', 'answered_at']) is distinct from (to_jsonb(old) - array['answer', 'answered_by', 'answered_at']) then
		raise exception 'a comment on minutes stays as it was made, and is answered once';
	end if;
	return new;
end
$$;
-- +goose StatementEnd
create trigger minutes_go_forward before update on minutes for each row execute function minutes_go_forward();
create trigger final_minutes_are_not_reworded before update on minute for each row execute function final_minutes_are_not_reworded();
create trigger comment_is_only_answered before update on minutes_comment for each row execute function comment_is_only_answered();
create trigger approved_minutes_are_locked before insert on minute for each row execute function approved_minutes_are_locked();
create trigger approved_minutes_are_locked before insert on minute_version for each row execute function approved_minutes_are_locked();
create trigger approved_minutes_are_locked before insert or update on minutes_comment for each row execute function approved_minutes_are_locked();
create trigger approved_minutes_are_locked before insert on minutes_correction for each row execute function approved_minutes_are_locked();
create trigger record_never_changes before delete on minutes for each row execute function record_never_changes();
create trigger record_never_changes before delete on minute for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on minute_version for each row execute function record_never_changes();
create trigger record_never_changes before delete on minutes_comment for each row execute function record_never_changes();
create trigger record_never_changes before update or delete on minutes_correction for each row execute function record_never_changes();

-- +goose Down
drop table minutes_extract, minutes_correction, minutes_comment, minute_version, minute, minute_count, minutes, note_pen;
drop function approved_minutes_are_locked, minutes_go_forward, final_minutes_are_not_reworded, comment_is_only_answered;
drop index note_one_an_item;
