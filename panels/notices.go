package panels

import (
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeDeputySent, aboutComing(writeDeputySent))
	post.Register(NoticeDeputyReleased, aboutComing(writeDeputyReleased))
	post.Register(NoticeDeputyCannotCome, aboutComing(writeDeputyCannotCome))
	post.Register(NoticeReplyChased, aboutComing(writeReplyChased))
	post.Register(NoticeQuorumInDoubt, aboutComing(writeQuorumInDoubt))
	post.Register(NoticePassedOn, writePassedOn)
	post.Register(NoticeAgendaSoon, writeDeadline(AgendaOut, Before))
	post.Register(NoticeAgendaLate, writeDeadline(AgendaOut, After))
	post.Register(NoticeMinutesSoon, writeDeadline(MinutesOut, Before))
	post.Register(NoticeMinutesLate, writeDeadline(MinutesOut, After))
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
