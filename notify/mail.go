package notify

import (
	"fmt"
	"strings"

	"quorate/server/base/db"
)

// Mail is what a message says. Its subject and first line can be read on a locked screen by anybody
// who walks past, so they name a meeting and an item number at most. No part of it names a young
// person or holds a reference, an alias or anything written about a case.
type Mail struct {
	Subject string   // "A vote is open: MAPaC, item 4. Closes Thursday 26 November, 12:30pm."
	Lines   []string // paragraphs, the first safe on a locked screen
	Facts   []Fact   // a short table
	Tables  []Table  // figures in rows
	Picture *Picture // shown above the tables where the reader's program shows pictures; nil: none
	Link    Link
	Why     string // why this person gets it: "You are the clerk of MAPaC."

	From     Sender    // zero: Quorate itself
	Calendar *Calendar // what the message tells the reader's calendar; nil: nothing

	// Delivered, when set, is called in the transaction that records that the mail server took the
	// message, and not when it did not: whoever writes by what was told before keeps it then.
	Delivered func(tx db.Tx) error
}

// Sender is whom a message comes from when that is not Quorate itself, such as a forum's mailbox.
type Sender struct{ Name, Email string }

// Calendar is a meeting for the reader's calendar (RFC 6047): it goes among the ways to read the
// message, so that their program offers Accept and Decline, and as the file invite.ics.
type Calendar struct {
	Method string // REQUEST or CANCEL, as the text says too
	Text   []byte // iCalendar text
}

// Fact is one row of a message's table.
type Fact struct{ Name, Value string }

// Table is figures in rows, each row headed by its first cell.
type Table struct {
	Caption string
	Columns []string
	Rows    [][]string
}

// Picture travels inside the message: nothing is fetched. What it shows stands in a table too.
type Picture struct {
	PNG   []byte
	Alt   string
	Width int // in CSS pixels, as it is meant to be seen
}

// PictureID is how the HTML names the picture that travels with it (RFC 2392).
const PictureID = "chart@quorate"

// text writes a table as lines, since columns do not survive in plain text: "Housing – escalations: 2, young people: 7".
func (t Table) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n", t.Caption)
	for _, row := range t.Rows {
		var cells []string
		for i, cell := range row[1:] {
			cells = append(cells, strings.ToLower(t.Columns[i+1][:1])+t.Columns[i+1][1:]+": "+cell)
		}
		fmt.Fprintf(b, "- %s – %s\n", row[0], strings.Join(cells, ", "))
	}
	b.WriteString("\n")
}

// Link is the one thing to do, behind sign-in.
type Link struct {
	Text string // says the action: "Read the agenda"
	Path string // from the site's root: "/meetings/…/agenda"
	Open bool   // works without signing in: the path holds a token made for this person

	Inside string // where Open: the path that leads to the same behind sign-in, for the inbox
}

// Compose writes a notice when its turn comes. It reads what is true then; when there is no longer
// anything to tell, it says not to send.
type Compose func(tx db.Tx, n Notice) (mail Mail, send bool, err error)

// firstLine is what a locked screen shows under the subject.
func (m Mail) firstLine() string {
	if len(m.Lines) == 0 {
		return ""
	}
	return m.Lines[0]
}

// inside is where the link leads behind sign-in.
func (l Link) inside() string {
	if l.Open {
		return l.Inside
	}
	return l.Path
}
