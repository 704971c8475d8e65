-- Every letter that was due in the period, by whom it is written to: late, in time, or held for a reason.
select l.id, d.case_id, l.audience as row, '' as label,
	case when l.state = 'sent' and l.sent_on <= l.due_on then 1 when l.state <> 'sent' and l.held <> '[]' and l.released_at is null then 2 else 0 end as part,
	0 as amount, l.due_on as day, '/letters/' || l.id as leads
from letter l
join decision d on d.id = l.decision_id
where l.forum_id in @forums and l.due_on >= @from and l.due_on < @today and l.state <> 'set_aside'
