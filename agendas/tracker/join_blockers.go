package tracker

// joinBlockers makes one of two blockers of one kind that are open at one forum: they are one trouble of
// one young person, and two clocks would take it to the board twice. The one that has got further goes on,
// before a board before all others, then the one that has risen more often, then the older. The other is
// closed with that reason, and both stories say so.
var joinBlockers = mover{
	table: "blocker",
	take: `
		with open as (
			select b.*, exists (select from escalation e where e.blocker_id = b.id and e.state = 'waiting') as asked
			from blocker b where b.case_id in (@kept, @gone) and b.state = 'open'
		), pair as (
			select stays.id as stays_id, stays.number as stays_number, ends.id as ends_id, ends.number as ends_number
			from open stays join open ends on ends.forum_id = stays.forum_id and ends.kind = stays.kind and ends.case_id <> stays.case_id
			where not (stays.asked and ends.asked)
				and (stays.asked, stays.stay, ends.raised_at, stays.id) > (ends.asked, ends.stay, stays.raised_at, ends.id)
		), ended as (
			update blocker b set state = 'resolved', resolved_at = @now, joined_into = p.stays_id, resolution = 'Joined with B' || p.stays_number || ': the two cases were one young person', version = b.version + 1
			from pair p where b.id = p.ends_id returning b.id
		), told as (
			insert into blocker_step (id, blocker_id, number, kind, words, board_words, happened_on, at, by_person)
			select gen_random_uuid(), s.id, (select coalesce(max(n.number), 0) + 1 from blocker_step n where n.blocker_id = s.id), 'joined',
				s.words, s.words, @today, @now, @by
			from pair p cross join lateral (values
				(p.stays_id, 'B' || p.ends_number || ' joined this blocker: both were about one young person.'),
				(p.ends_id, 'Joined with B' || p.stays_number || ', which goes on: both were about one young person.')) s(id, words)
		)
		insert into case_merge_thing (merge_id, thing, thing_id, was) select @merge, 'blocker', id, 'open' from ended`,
	back: `
		with again as (
			update blocker b set state = 'open', resolved_at = null, joined_into = null, resolution = '', version = b.version + 1
			from case_merge_thing g
			where g.merge_id = @merge and g.thing = 'blocker' and g.was = 'open' and b.id = g.thing_id and b.state = 'resolved' and b.resolution like 'Joined with B%'
				and not exists (select from blocker o where o.forum_id = b.forum_id and o.case_id = b.case_id and o.kind = b.kind and o.state = 'open')
			returning b.id)
		insert into blocker_step (id, blocker_id, number, kind, words, board_words, happened_on, at, by_person)
		select gen_random_uuid(), a.id, (select coalesce(max(n.number), 0) + 1 from blocker_step n where n.blocker_id = a.id), 'joined',
			'Open again by itself: they are two young people after all.', 'Open again by itself: they are two young people after all.', @today, @now, @by
		from again a`,
}
