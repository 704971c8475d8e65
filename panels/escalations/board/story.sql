-- A blocker's story as a board reads it: no birthdays, no reasons somebody typed about a case.
select s.number, s.kind, s.board_words, s.happened_on
from blocker_step s
where s.blocker_id = @blocker
order by s.number
