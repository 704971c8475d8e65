-- What a board is or was asked, oldest first: the board-only alias and an age, never who it is.
select e.id, e.board_id, e.asked_at, e.reached_on, e.answer_due_on, e.state,
	b.id as blocker_id, b.number as blocker_number, b.kind, b.theme, b.needed, b.weekly_pence, b.young_people,
	b.raised_at, b.state as blocker_state, b.level_name, f.name as forum_name,
	coalesce(c.alias, '') as alias,
	cast(extract(year from age(cast(@today as date), c.date_of_birth)) as integer) as age,
	coalesce(a.agreed, false) as agreed, coalesce(a.direction, '') as direction, coalesce(a.reason, '') as reason,
	a.act_by, a.answered_at, coalesce(o.name, '') as owner
from escalation e
join blocker b on b.id = e.blocker_id
join forum f on f.id = b.forum_id
left join cases c on c.id = b.case_id
left join board_answer a on a.escalation_id = e.id
left join person o on o.id = a.owner_id
where e.board_id = @board and (cast(@escalation as uuid) is null or e.id = @escalation)
order by e.reached_on, b.number
limit 500
