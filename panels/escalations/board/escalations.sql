-- What a board is or was asked, oldest first: the board-only alias and an age, never who it is.
select e.id, e.board_id, d.name as board_name, e.asked_at, e.reached_on, e.answer_due_on, e.state, e.follows_id,
	b.id as blocker_id, b.number as blocker_number, b.kind, b.theme, b.needed, b.weekly_pence, b.young_people,
	b.raised_at, b.state as blocker_state, b.resolved_at, b.level_name, f.name as forum_name,
	coalesce(c.alias, '') as alias,
	cast(extract(year from age(cast(@today as date), c.date_of_birth)) as integer) as age,
	coalesce(a.agreed, false) as agreed, coalesce(a.direction, '') as direction, coalesce(a.reason, '') as reason,
	a.act_by, a.look_on, a.answered_at, coalesce(o.name, '') as owner, coalesce(y.name, '') as answered_by, coalesce(m.name, '') as answered_for,
	coalesce(r.done, false) as report_done, coalesce(r.words, '') as report_words, r.reported_at,
	coalesce(g.outcome, '') as decided_outcome, g.confirmed_at as decided_at, n.reached_on as returned_on, coalesce(n.answered, false) as answered_anew,
	coalesce(q.question, '') as question, q.reply_by, q.asked_at as question_at, coalesce(q.reply, '') as reply, q.replied_at
from escalation e
join forum d on d.id = e.board_id
join blocker b on b.id = e.blocker_id
join forum f on f.id = b.forum_id
left join cases c on c.id = b.case_id
left join board_answer a on a.escalation_id = e.id
left join direction_owner w on w.answer_id = a.id
left join person o on o.id = w.owner_id
left join person y on y.id = a.answered_by
left join person m on m.id = a.answered_for
left join lateral (
	select min(z.reached_on) as reached_on, bool_or(z.state in ('answered', 'not_agreed')) as answered
	from escalation z where z.follows_id = e.id) n on true -- one row, also where it was taken back and came again
left join lateral (select p.done, p.words, p.reported_at from answer_report p where p.answer_id = a.id order by p.id desc limit 1) r on true
left join lateral (select x.question, x.reply_by, x.asked_at, x.reply, x.replied_at from board_question x where x.escalation_id = e.id order by x.id desc limit 1) q on true
left join lateral (
	select z.outcome, z.confirmed_at from decision z
	where z.forum_id = b.forum_id and z.confirmed_at > a.answered_at and z.case_id in (select same.id from same_case(b.case_id) same)
	order by z.confirmed_at desc limit 1) g on b.case_id is not null
where e.id in ( -- what waits, and what is open, whatever has been answered in years
	select x.id from escalation x join blocker y on y.id = x.blocker_id
	where (cast(@board as uuid) is null or x.board_id = @board) and (cast(@escalation as uuid) is null or x.id = @escalation)
		and (cast(@blocker as uuid) is null or x.blocker_id = cast(@blocker as uuid))
		and (cast(@case as uuid) is null or exists (select from blocker_concerns k where k.blocker_id = x.blocker_id and k.case_id = standing_case(cast(@case as uuid))))
	order by x.state = 'waiting' desc, y.state = 'open' desc, x.reached_on desc
	limit 500)
order by e.reached_on, b.number, e.stay
