package escalations

import (
	"fmt"

	"quorate/agendas"
	"quorate/server/base/db"
)

// putBeforeForum puts a blocker that has climbed to a forum on its next agenda, with why it came: under the one
// young person it names, or as a line of its own. It stays due for as long as the forum holds it.
func putBeforeForum(tx db.Tx, b Blocker, step Step) error {
	goesUp := fmt.Sprintf("It goes up again on %s unless it is resolved", b.LevelSince.AddDays(b.LevelDays).Long())
	due := agendas.Due{
		ForumID: *b.LevelForumID, Kind: "blocker", SourceID: b.ID, CaseID: b.CaseID, DueOn: tx.Today(),
		Text: fmt.Sprintf("Blocker %s came to this forum from %s. %s Needed: %s", b.Reference(), step.FromLevel, sentence(step.Words), b.Needed),
		Law:  goesUp,
	}
	if b.CaseID == nil {
		due.Text = fmt.Sprintf("Blocker %s, %s: %s. Needed: %s", b.Reference(), b.Kind.Words(), b.Theme, b.Needed)
		due.Law = fmt.Sprintf("It came here from %s. %s %s", step.FromLevel, sentence(step.Words), goesUp)
	}
	return agendas.PutDue(tx, due)
}

// leaveAgendas takes a blocker off the agendas of forums that held it.
func leaveAgendas(tx db.Tx, b Blocker) error { return agendas.MarkDone(tx, "blocker", b.ID) }

// putBeforeBoard is the line of an escalation on its board's next agenda, with why it came.
func putBeforeBoard(tx db.Tx, b Blocker, e Escalation) error {
	before, _, err := answeredBefore(tx, b.ID)
	if err != nil {
		return err
	}
	var why []string
	err = tx.Raw(`select board_words from blocker_step where blocker_id = ? and kind in ('risen', 'moved') order by number desc limit 1`, b.ID).Scan(&why).Error
	if err != nil {
		return err
	}
	law := fmt.Sprintf("Escalated to this board; an answer is due by %s", e.AnswerDueOn.Long())
	if len(why) == 1 {
		law += ". Why: " + why[0]
	}
	return agendas.PutDue(tx, agendas.Due{
		ForumID: e.BoardID, Kind: "escalation", SourceID: e.ID, DueOn: e.ReachedOn, Law: law,
		Text: fmt.Sprintf("%s, %s: %s. Needed: %s", b.Reference(), b.Kind.Words(), b.Theme, b.Needed) + before,
	})
}
