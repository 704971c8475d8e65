package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
)

type verifyCommand struct {
	File string    `arg:"" type:"path" help:"The sealed record, as it was downloaded from a meeting’s page."`
	Head string    `help:"The number that was noted when the record was sealed, to compare with."`
	Out  io.Writer `kong:"-"`
}

// How quorate verify ends.
const (
	recordAltered    = 1
	recordUnreadable = 2
)

// endsWith is an error with the status that the program ends with.
type endsWith struct {
	error
	status int
}

// Run checks a sealed record by itself: it reads the one file, and neither a database nor the network.
func (c *verifyCommand) Run() error {
	file, err := os.ReadFile(c.File)
	if err != nil {
		return endsWith{fmt.Errorf("%s cannot be read: %w", c.File, errors.Unwrap(err)), recordUnreadable}
	}
	checked, err := room.CheckSealedRecord(file)
	var altered room.Altered
	switch {
	case errors.As(err, &altered):
		return endsWith{fmt.Errorf("ALTERED. %s", altered.What), recordAltered}
	case err != nil:
		return endsWith{fmt.Errorf("%s is not a sealed record of Quorate, or is too damaged to be checked", c.File), recordUnreadable}
	case c.Head != "" && !strings.EqualFold(strings.TrimSpace(c.Head), checked.Head):
		return endsWith{fmt.Errorf("ALTERED. Everything in the file holds together, but it ends in another number than the one you noted: %s", checked.Head), recordAltered}
	}
	out := c.Out
	if out == nil {
		out = os.Stdout
	}
	fmt.Fprintln(out, "WHOLE. "+wholeWords(checked))
	return nil
}

// wholeWords says what was checked, and what could not be.
func wholeWords(c room.Checked) string {
	between := c.Kind == panels.Correspondence || c.Kind == panels.ChairsAction
	words := "The sealed record of "
	switch {
	case between:
		words += "what " + c.Forum + " decided between meetings (" + strings.ToLower(c.Kind.Words()) + "), begun " + clock.DateOf(c.StartsAt).Long()
	case c.Forum != "":
		words += c.Forum + ", " + clock.DateOf(c.StartsAt).Long()
	default:
		words += "a meeting"
	}
	words += ": " + several(c.Events, "event") + ", " + several(c.Decisions, "decision")
	switch {
	case between:
		words += "; nobody met, so there are no minutes"
	case c.Minutes > 0:
		words += " and the minutes of " + several(c.Minutes, "item")
	default:
		words += "; its minutes were not final when it was made"
	}
	words += ". Nothing was changed, removed, added or put in another order.\n"
	if len(c.LeftOut) > 0 {
		words += "What was written with " + several(len(c.LeftOut), "event") + " " + areIs(len(c.LeftOut)) + " left out of this copy (" + numbers(c.LeftOut) +
			"), because its reader may not see it or it was erased. That it happened, when and in which order, is checked.\n"
	}
	return words + "It ends in " + c.Head + ". If you noted that number when the record was sealed, compare them: run again with --head."
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// numbers writes the first of a list of numbers.
func numbers(list []int64) string {
	const most = 20
	texts := []string{}
	for _, n := range list[:min(len(list), most)] {
		texts = append(texts, fmt.Sprint(n))
	}
	if len(list) > most {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}
