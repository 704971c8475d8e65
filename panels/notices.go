package panels

import "quorate/notify"

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeDeputySent, aboutComing(writeDeputySent))
	post.Register(NoticeDeputyReleased, aboutComing(writeDeputyReleased))
	post.Register(NoticeDeputyCannotCome, aboutComing(writeDeputyCannotCome))
	post.Register(NoticeReplyChased, aboutComing(writeReplyChased))
	post.Register(NoticeQuorumInDoubt, aboutComing(writeQuorumInDoubt))
	post.Register(NoticePassedOn, writePassedOn)
	post.Register(NoticeMinutesSent, writeMinutesSent)
	post.Register(NoticeAgendaSoon, writeDeadline(AgendaOut, Before))
	post.Register(NoticeAgendaLate, writeDeadline(AgendaOut, After))
	post.Register(NoticeMinutesSoon, writeDeadline(MinutesOut, Before))
	post.Register(NoticeMinutesLate, writeDeadline(MinutesOut, After))
}
