-- What is stuck below a board, at the forums that lead to it: the board-only alias and an age, never who it is.
with open_dispute as materialized (select stands_at, opened_on, days from dispute_now)
select b.id as blocker_id, b.number as blocker_number, b.kind, b.theme, b.needed, b.weekly_pence, b.young_people,
	b.raised_at, b.state as blocker_state, b.level_name, b.level_since, b.level_days, f.name as forum_name,
	(select min(greatest(o.opened_on, b.level_since) + o.days) from open_dispute o where o.stands_at = b.id) as decide_by,
	coalesce(c.alias, '') as alias,
	cast(extract(year from age(cast(@today as date), c.date_of_birth)) as integer) as age
from blocker b
join forum f on f.id = b.forum_id
left join cases c on c.id = b.case_id
where b.state = 'open' and b.level <> 'board' and b.forum_id in @forums
order by b.raised_at, b.number
limit 500
