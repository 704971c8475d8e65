-- +goose Up
-- What somebody said of a position that somebody else wrote down for them. The latest answer stands. A
-- dispute changes no vote and reopens nothing: it stands beside the position, in the record.
create table position_answer (
	id           uuid primary key,
	ballot_id    uuid not null references ballot,
	disputed     boolean not null,
	text         text not null default '', -- what the person says that they said
	answered_at  timestamptz not null,
	check (not disputed or text <> '')
);
create index position_answer_by_ballot on position_answer (ballot_id, id desc);
create index position_answer_disputed on position_answer (answered_at) where disputed;
create trigger record_never_changes before update or delete on position_answer for each row execute function record_never_changes();

-- Each position that somebody wrote down for somebody else and that stands, with what they said of it
-- last: until answer_by they may say it is so, or dispute it.
create view written_position as
	select b.id as ballot_id, b.person_id, b.recorded_by, b.cast_at, b.answer_by, v.id as vote_id, v.method, v.closed_at, v.item_id, v.meeting_id,
		a.disputed, coalesce(a.text, '') as text, a.answered_at -- null: no answer
	from ballot b
	join vote v on v.id = b.vote_id
	left join lateral (select disputed, text, answered_at from position_answer where ballot_id = b.id order by id desc limit 1) a on true
	where b.answer_by is not null and b.superseded_at is null;
