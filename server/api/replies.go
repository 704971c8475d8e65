package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Person is somebody by id and name; their address is not told.
type Person struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Name string    `json:"name"`
}

// Attendee is somebody asked to come, and what they replied.
type Attendee struct {
	Person     Person   `json:"person" doc:"Who is asked to come"`
	Seats      []string `json:"seats" doc:"The seats they come in; none for a guest"`
	Guest      bool     `json:"guest" doc:"Whether they come for some items only"`
	DeputyFor  *Person  `json:"deputy_for,omitempty" doc:"Whose reply sends them"`
	Answer     string   `json:"answer" enum:"none,attending,tentative,deputy,apologies" doc:"none: they have not answered since the meeting was last timed"`
	Deputy     *Person  `json:"deputy,omitempty" doc:"Who comes instead, when the answer is deputy"`
	Via        string   `json:"via,omitempty" enum:"page,link,calendar,clerk,api" doc:"The way the answer came"`
	AnsweredAt string   `json:"answered_at,omitempty" format:"date-time" doc:"When; left out without an answer"`
}

// NewReply is the reply to record.
type NewReply struct {
	Answer string `json:"answer" enum:"attending,tentative,deputy,apologies" doc:"Whether they come; deputy: somebody comes instead"`
	Deputy string `json:"deputy,omitempty" format:"uuid" doc:"The id of who comes instead: a named deputy of their seat; with deputy alone"`
}

type repliesAnswer struct {
	Body struct {
		Meeting  uuid.UUID  `json:"meeting" format:"uuid"`
		Sequence int        `json:"sequence" doc:"The meeting’s"`
		Replies  []Attendee `json:"replies" doc:"In the order of the table"`
	}
}

type replyAsked struct {
	Meeting string `path:"meeting" format:"uuid" doc:"The meeting’s id"`
	Person  string `path:"person" format:"uuid" doc:"The id of somebody asked to come"`
}

type replyPut struct {
	Meeting string `path:"meeting" format:"uuid" doc:"The meeting’s id"`
	Person  string `path:"person" format:"uuid" doc:"The id of somebody asked to come"`
	IfMatch string `header:"If-Match" doc:"The ETag of the reply as you read it. Needed: it keeps what somebody has replied meanwhile from being overwritten."`
	Body    NewReply
}

type replyAnswer struct {
	ETag string `header:"ETag" doc:"Send it as If-Match to change the reply"`
	Body Attendee
}

func (a *API) registerReplies() {
	const path = Prefix + "/meetings/{meeting}/replies"
	serve(a, huma.Operation{
		OperationID: "list-replies", Method: http.MethodGet, Path: path, Summary: "List who is asked to a meeting and what they replied",
		Errors: []int{http.StatusNotFound},
	}, mayRead, a.listReplies)
	serve(a, huma.Operation{
		OperationID: "get-reply", Method: http.MethodGet, Path: path + "/{person}", Summary: "Read one person’s reply",
		Description: "Its ETag is needed to change the reply.", Errors: []int{http.StatusNotFound},
	}, mayRead, func(ctx context.Context, caller auth.Caller, asked *replyAsked) (answer *replyAnswer, err error) {
		err = a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
			answer, err = readReply(tx, caller, asked)
			return err
		})
		return answer, err
	})
	serve(a, huma.Operation{
		OperationID: "put-reply", Method: http.MethodPut, Path: path + "/{person}", Summary: "Record one person’s reply",
		Description: "Needs a token that may reply. The reply takes the place of the one before, which stays on record. Sending the same reply again changes nothing and is answered 200, so a call that was cut off can be repeated.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}, mayReply, a.putReply)
}

func (a *API) listReplies(ctx context.Context, caller auth.Caller, asked *meetingAsked) (*repliesAnswer, error) {
	answer := &repliesAnswer{}
	return answer, a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
		meeting, err := reachedMeeting(tx, caller, asked.Meeting)
		if err != nil {
			return err
		}
		attendees, err := panels.Attendees(tx, meeting.Meeting)
		if err != nil {
			return err
		}
		answer.Body.Meeting, answer.Body.Sequence = meeting.ID, meeting.Sequence
		answer.Body.Replies = []Attendee{}
		for _, attendee := range attendees {
			answer.Body.Replies = append(answer.Body.Replies, attendeeOf(attendee, attendees))
		}
		return nil
	})
}

// attendeeOf is somebody who is asked, among all who are. A deputy whom a reply sends is asked too,
// so the names of both are there.
func attendeeOf(a panels.Attendee, all []panels.Attendee) Attendee {
	shown := Attendee{Person: Person{a.PersonID, a.Name}, Seats: []string{}, Guest: a.Guest, Answer: "none"}
	for _, seat := range a.Seats {
		shown.Seats = append(shown.Seats, seat.Name)
	}
	named := func(id uuid.UUID) *Person {
		at := slices.IndexFunc(all, func(other panels.Attendee) bool { return other.PersonID == id })
		if at < 0 {
			return &Person{ID: id} // has left since
		}
		return &Person{id, all[at].Name}
	}
	if a.DeputyFor != uuid.Nil {
		shown.DeputyFor = named(a.DeputyFor)
	}
	if a.Reply != nil {
		shown.Answer, shown.Via, shown.AnsweredAt = string(a.Reply.Answer), string(a.Reply.Via), instant(a.Reply.AnsweredAt)
		if a.Reply.DeputyID != nil {
			shown.Deputy = named(*a.Reply.DeputyID)
		}
	}
	return shown
}

func readReply(tx db.Tx, caller auth.Caller, asked *replyAsked) (*replyAnswer, error) {
	meeting, err := reachedMeeting(tx, caller, asked.Meeting)
	if err != nil {
		return nil, err
	}
	attendees, err := panels.Attendees(tx, meeting.Meeting)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(attendees, func(a panels.Attendee) bool { return a.PersonID.String() == strings.ToLower(asked.Person) })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "That person is not asked to come to this meeting.")
	}
	answer := &replyAnswer{Body: attendeeOf(attendees[at], attendees)}
	body, err := json.Marshal(answer.Body)
	answer.ETag = replyTag(meeting.Sequence, attendees[at].Reply, body)
	return answer, err
}

// replyTag is what a change of a reply must match: the meeting as it stood, the reply it follows, and
// a digest of all that was said with it.
func replyTag(sequence int, reply *panels.Reply, body []byte) string {
	follows := uuid.Nil
	if reply != nil {
		follows = reply.ID
	}
	return fmt.Sprintf(`"%d.%s.%s"`, sequence, follows, digestOf(body))
}

// readTag reads If-Match. The digest is not compared: a new name does not make a reply stale.
func readTag(header string) (sequence int, follows uuid.UUID, err error) {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0, uuid.Nil, problem(http.StatusPreconditionRequired, "Read the reply first, and send its ETag as If-Match.")
	}
	parts := strings.Split(strings.Trim(header, `"`), ".")
	if len(parts) == 3 {
		if _, err = fmt.Sscanf(parts[0], "%d", &sequence); err == nil {
			if follows, err = uuid.Parse(parts[1]); err == nil {
				return sequence, follows, nil
			}
		}
	}
	return 0, uuid.Nil, problem(http.StatusPreconditionFailed, "If-Match is not the ETag of this reply. Read the reply again, and send its ETag.")
}

func (a *API) putReply(ctx context.Context, caller auth.Caller, put *replyPut) (answer *replyAnswer, err error) {
	asked := &replyAsked{Meeting: put.Meeting, Person: put.Person}
	said := panels.NewReply{Answer: panels.Answer(put.Body.Answer), Via: panels.ByAPI}
	err = a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
		meeting, err := reachedMeeting(tx, caller, put.Meeting)
		if err != nil {
			return err
		}
		said.MeetingID = meeting.ID
		_, err = readReply(tx, caller, asked) // who is not asked is not found, whatever is sent
		return err
	})
	if err != nil {
		return nil, err
	}
	said.PersonID = uuid.MustParse(put.Person)
	if put.Body.Deputy != "" {
		deputy, err := uuid.Parse(put.Body.Deputy)
		if err != nil {
			return nil, wrong("body.deputy", "Write the id of one of their deputies")
		}
		said.DeputyID = &deputy
	}
	follows := uuid.Nil
	if said.Sequence, follows, err = readTag(put.IfMatch); err != nil {
		return nil, err
	}
	said.Follows = &follows
	if _, err := a.panels.ReplyToMeeting(ctx, caller.Actor(), said); err != nil {
		return nil, err
	}
	err = a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
		answer, err = readReply(tx, caller, asked)
		return err
	})
	return answer, err
}
