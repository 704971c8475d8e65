package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// DemoMailbox is a mail server on this machine that keeps what it receives, so that the demo's mail
// can be read on a page. It never sends anything on.
type DemoMailbox struct{ DB *db.DB }

// DemoMail is one message the demo's mail server received.
type DemoMail struct {
	ID         uuid.UUID
	MessageID  string
	FromEmail  string
	ToEmail    string
	Subject    string
	TextBody   string
	HTMLBody   string `gorm:"column:html_body"`
	Raw        []byte
	ReceivedAt time.Time
	calendar   []byte
	picture    []byte
}

// TableName is demo_mail.
func (DemoMail) TableName() string { return "demo_mail" }

var mailbox = access.System("mailbox")

// Listen begins to receive on a free port of this machine alone. It returns the address for
// QUORATE_SMTP_URL, and a function that stops receiving once messages in hand are kept.
func (b *DemoMailbox) Listen() (smtpURL string, stop func(context.Context) error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("notify: the demo's mailbox: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &receiving{box: b}, nil
	}))
	server.Domain = "localhost"
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.MaxMessageBytes = 10 << 20
	server.MaxRecipients = 10
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	stop = func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		if served := <-done; !errors.Is(served, smtp.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}
	return fmt.Sprintf("smtp://%s?tls=none", listener.Addr()), stop, nil
}

// receiving is one conversation with whoever delivers.
type receiving struct {
	box  *DemoMailbox
	from string
	to   []string
}

func (r *receiving) Reset()        { r.from, r.to = "", nil }
func (r *receiving) Logout() error { return nil }

func (r *receiving) Mail(from string, _ *smtp.MailOptions) error { r.from = from; return nil }

func (r *receiving) Rcpt(to string, _ *smtp.RcptOptions) error { r.to = append(r.to, to); return nil }

func (r *receiving) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	kept, err := readMail(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "The message cannot be read"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, to := range r.to {
		kept.FromEmail, kept.ToEmail = r.from, to
		if err := r.box.keep(ctx, kept); err != nil {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
		}
	}
	return nil
}

func (b *DemoMailbox) keep(ctx context.Context, m DemoMail) error {
	return b.DB.Write(ctx, mailbox, func(tx db.Tx) error {
		m.ID, m.ReceivedAt = uuid.Must(uuid.NewV7()), tx.Now
		return tx.Create(&m).Error
	})
}

// List is the newest messages, those to one address when to is not "".
func (b *DemoMailbox) List(ctx context.Context, to string) ([]DemoMail, error) {
	var list []DemoMail
	err := b.DB.Read(ctx, mailbox, func(tx db.Tx) error {
		q := tx.Select("id, message_id, from_email, to_email, subject, received_at").Order("received_at desc, id desc").Limit(200)
		if to != "" {
			q = q.Where("to_email = ?", strings.ToLower(to))
		}
		return q.Find(&list).Error
	})
	return list, err
}

// Find is one message.
func (b *DemoMailbox) Find(ctx context.Context, id uuid.UUID) (DemoMail, error) {
	var m DemoMail
	err := b.DB.Read(ctx, mailbox, func(tx db.Tx) error { return tx.Where("id = ?", id).Take(&m).Error })
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, fault.New(fault.NotFound, "There is no such message.")
	}
	return m, err
}

// Calendar is what the message tells the reader's calendar, nil when it tells it nothing.
func (m DemoMail) Calendar() ([]byte, error) {
	again, err := readMail(m.Raw)
	return again.calendar, err
}

// ShownHTML is the message's HTML with the picture that travels with it in place, for a program that knows
// nothing of the message's parts.
func (m DemoMail) ShownHTML() (string, error) {
	again, err := readMail(m.Raw)
	if err != nil || again.picture == nil {
		return m.HTMLBody, err
	}
	return strings.ReplaceAll(m.HTMLBody, "cid:"+PictureID, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(again.picture)), nil
}

// readMail takes a message apart: its headings, its text and HTML, its picture and its calendar.
func readMail(raw []byte) (DemoMail, error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return DemoMail{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil {
		return DemoMail{}, err
	}
	m := DemoMail{Subject: subject, MessageID: strings.Trim(parsed.Header.Get("Message-ID"), "<> "), Raw: raw}
	err = m.readPart(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)
	return m, err
}

func (m *DemoMail) readPart(contentType, encoding string, body io.Reader) error {
	if contentType == "" {
		contentType = "text/plain"
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.readPart(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	switch {
	case kind == "text/calendar" && m.calendar == nil:
		m.calendar = text
	case kind == "image/png" && m.picture == nil:
		m.picture = text
	case kind == "text/html" && m.HTMLBody == "":
		m.HTMLBody = string(text)
	case kind == "text/plain" && m.TextBody == "":
		m.TextBody = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return nil
}
