package panels

import (
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeDeputySent, notify.Nature{Group: notify.Meetings, Words: "You are asked to come as deputy", Fixed: "You are asked to come, and the meeting counts on your answer."}, aboutComing(writeDeputySent))
	post.Register(NoticeDeputyReleased, notify.Nature{Group: notify.Meetings, Words: "You are no longer needed as deputy", Fixed: "You were asked to come, and need not any more."}, aboutComing(writeDeputyReleased))
	post.Register(NoticeDeputyCannotCome, notify.Nature{Group: notify.Meetings, Words: "The deputy you are sending cannot come"}, aboutComing(writeDeputyCannotCome))
	post.Register(NoticeReplyChased, notify.Nature{Group: notify.Meetings, Words: "A reminder to say whether you will come"}, aboutComing(writeReplyChased))
	post.Register(NoticeQuorumInDoubt, notify.Nature{Group: notify.Meetings, Words: "A meeting you run may not be quorate"}, aboutComing(writeQuorumInDoubt))
	post.Register(NoticePassedOn, notify.Nature{Group: notify.Actions, Words: "Something was passed on to you", Fixed: "It is yours to do from now on."}, writePassedOn)
	post.Register(NoticeAgendaSoon, notify.Nature{Group: notify.Agendas, Words: "An agenda is due out that you publish"}, writeDeadline(AgendaOut, Before))
	post.Register(NoticeAgendaLate, notify.Nature{Group: notify.Agendas, Words: "An agenda is late for a meeting you run", Fixed: "Its members are owed the agenda, and the day for it has passed."}, writeDeadline(AgendaOut, After))
	post.Register(NoticeMinutesSoon, notify.Nature{Group: notify.Minutes, Words: "Minutes are due out that you write"}, writeDeadline(MinutesOut, Before))
	post.Register(NoticeMinutesLate, notify.Nature{Group: notify.Minutes, Words: "Minutes are late for a meeting you run", Fixed: "Its members are owed the minutes, and the day for them has passed."}, writeDeadline(MinutesOut, After))
	post.Register(NoticeAddressFailing, notify.Nature{Group: notify.Running, Words: "Mail no longer reaches one of your people", Fixed: "They cannot be told of their meetings until somebody reaches them another way."}, writeAddressFailing)
}

// tell sends several people the same notice about a meeting.
func tell(tx db.Tx, kind notify.Kind, meeting Meeting, people []uuid.UUID) error {
	notices := make([]notify.Notice, len(people))
	for i, person := range people {
		notices[i] = notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": meeting.ID}, To: person}
	}
	return notify.Send(tx, notices...)
}

// unlessGone drops a notice about what is no longer there, and keeps every other error.
func unlessGone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
