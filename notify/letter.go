package notify

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// ChoicesPath is the page on which people choose what they are told and how.
const ChoicesPath = "/account/notices"

// letter is a message as it is laid out: one notice, several of a bundle, or a daily digest.
type letter struct {
	Subject     string
	Opening     string // of several
	Parts       []part
	CID         template.URL // of the picture that travels with it
	Choices     string       // address of the page of choices
	Fixed       string       // why its one notice comes by email whatever its reader chooses
	Unsubscribe string       // address of the page that ends the subscription
	Caution     string       // about the links
}

// part is one notice in a letter.
type part struct {
	Group   Group  // heading, where it begins another group of a digest
	Title   string // of one among several
	Lines   []string
	Facts   []Fact
	Tables  []Table
	Picture *Picture // of a message that tells one thing
	Link    Link
	URL     string
	Why     string
}

// message lays out what is said as one message. What ends a subscription is made with it.
func (s *Store) message(tx db.Tx, list []said, daily bool) (Message, error) {
	m := Message{Subject: list[0].mail.Subject, At: tx.Now, BaseURL: s.BaseURL}
	l := letter{Choices: s.BaseURL + ChoicesPath, CID: "cid:" + PictureID}
	for _, one := range list {
		l.Parts = append(l.Parts, s.partOf(one.mail))
	}
	first, nature := &l.Parts[0], s.kinds[list[0].row.Kind].nature
	subscription := Kind("")
	switch {
	case daily:
		m.Subject = fmt.Sprintf("Daily digest: %s, %s.", counted(len(list)), clock.DateOf(tx.Now).LongWithWeekday())
		l.Opening = fmt.Sprintf("Since the last digest there %s for you.", isOrAre(len(list)))
		s.asDigest(&l, list)
		subscription = dailyDigest
	case len(list) > 1:
		m.Subject = fmt.Sprintf("%s And %d more.", m.Subject, len(list)-1)
		l.Opening = fmt.Sprintf("There %s for you.", isOrAre(len(list)))
		l.titled(list)
	default:
		first.Why, first.Picture, m.Picture = list[0].mail.Why, list[0].mail.Picture, list[0].mail.Picture
		m.From, m.Calendar, l.Fixed = list[0].mail.From, list[0].mail.Calendar, nature.Fixed
		if nature.Subscription {
			subscription = list[0].row.Kind
		}
	}
	if subscription != "" {
		path, err := makeUnsubscribeLink(tx, list[0].row.Recipient, subscription)
		if err != nil {
			return m, err
		}
		l.Unsubscribe = s.BaseURL + path
		if strings.HasPrefix(l.Unsubscribe, "https://") {
			m.Unsubscribe = l.Unsubscribe
		}
	}
	l.Subject, l.Caution = m.Subject, caution(list)
	for _, one := range list {
		if one.mail.Delivered != nil {
			before, after := m.delivered, one.mail.Delivered
			m.delivered = func(tx db.Tx) error {
				if before != nil {
					if err := before(tx); err != nil {
						return err
					}
				}
				return after(tx)
			}
		}
	}
	m.Text = l.text()
	html, err := l.html()
	m.HTML = html
	return m, err
}

func (s *Store) partOf(mail Mail) part {
	p := part{Lines: mail.Lines, Facts: mail.Facts, Tables: mail.Tables, Link: mail.Link}
	if mail.Link.Path != "" {
		p.URL = s.BaseURL + mail.Link.Path
	}
	return p
}

// titled gives each of several its title and why it came.
func (l *letter) titled(list []said) {
	for i := range l.Parts {
		l.Parts[i].Title, l.Parts[i].Why = list[i].mail.Subject, list[i].mail.Why
	}
}

// asDigest shortens a letter to a list by group, each notice a title, its first line and its link.
func (s *Store) asDigest(l *letter, list []said) {
	l.titled(list)
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
		l.Parts[i].Facts, l.Parts[i].Tables = nil, nil
		if len(l.Parts[i].Lines) > 1 {
			l.Parts[i].Lines = l.Parts[i].Lines[:1]
		}
	}
	group := func(i int) Group { return s.kinds[list[i].row.Kind].nature.Group }
	slices.SortStableFunc(order, func(a, b int) int { return slices.Index(groups, group(a)) - slices.Index(groups, group(b)) })
	parts := make([]part, 0, len(list))
	for n, i := range order {
		p := l.Parts[i]
		if n == 0 || group(i) != group(order[n-1]) {
			p.Group = group(i)
		}
		parts = append(parts, p)
	}
	l.Parts = parts
}

func counted(n int) string {
	if n == 1 {
		return "1 notice"
	}
	return fmt.Sprintf("%d notices", n)
}

func isOrAre(n int) string {
	if n == 1 {
		return "is 1 notice"
	}
	return fmt.Sprintf("are %d notices", n)
}

// caution is what a reader should know before following the links of a message.
func caution(list []said) string {
	var open, behind int
	for _, one := range list {
		switch {
		case one.mail.Link.Path == "":
		case one.mail.Link.Open:
			open++
		default:
			behind++
		}
	}
	switch {
	case open+behind == 0:
		return ""
	case len(list) == 1 && open == 1:
		return "The link is for you alone: do not pass this email on."
	case open > 0 && behind > 0:
		return "Some links are for you alone: do not pass this email on. For the others you will be asked to sign in."
	case open > 0:
		return "The links are for you alone: do not pass this email on."
	default:
		return "You will be asked to sign in."
	}
}

// text is the letter as plain text, lines kept short by the reader's own program.
func (l letter) text() string {
	var b strings.Builder
	if l.Opening != "" {
		fmt.Fprintf(&b, "%s\n\n", l.Opening)
	}
	for _, p := range l.Parts {
		if p.Group != "" {
			fmt.Fprintf(&b, "%s\n\n", strings.ToUpper(string(p.Group)))
		}
		if p.Title != "" {
			fmt.Fprintf(&b, "* %s\n\n", p.Title)
		}
		for _, line := range p.Lines {
			fmt.Fprintf(&b, "%s\n\n", line)
		}
		for _, fact := range p.Facts {
			fmt.Fprintf(&b, "%s: %s\n", fact.Name, fact.Value)
		}
		if len(p.Facts) > 0 {
			b.WriteString("\n")
		}
		for _, table := range p.Tables {
			table.text(&b)
		}
		if p.URL != "" {
			fmt.Fprintf(&b, "%s:\n%s\n\n", p.Link.Text, p.URL)
		}
		if p.Title != "" {
			fmt.Fprintf(&b, "Why you got this: %s\n\n", p.Why)
		}
	}
	b.WriteString("--\n")
	if len(l.Parts) == 1 && l.Parts[0].Title == "" {
		fmt.Fprintf(&b, "Why you got this: %s\n", l.Parts[0].Why)
	}
	if l.Fixed != "" {
		fmt.Fprintf(&b, "It always comes by email: %s\n", lowered(l.Fixed))
	}
	if l.Unsubscribe != "" {
		fmt.Fprintf(&b, "Stop these emails:\n%s\n", l.Unsubscribe)
	}
	fmt.Fprintf(&b, "Choose what you are told and how:\n%s\n%s\n", l.Choices, strings.TrimSpace("Sent by Quorate. "+l.Caution))
	return b.String()
}

// lowered begins a sentence in the middle of another.
func lowered(sentence string) string {
	return strings.ToLower(sentence[:1]) + sentence[1:]
}

//go:embed mail.html
var mailHTML string

var mailTemplate = template.Must(template.New("mail").Funcs(template.FuncMap{"lowered": lowered}).Parse(mailHTML))

// html is the same letter for programs that show it: one column, no pictures, nothing fetched.
func (l letter) html() (string, error) {
	var b bytes.Buffer
	if err := mailTemplate.Execute(&b, l); err != nil {
		return "", fmt.Errorf("notify: %w", err)
	}
	return b.String(), nil
}
