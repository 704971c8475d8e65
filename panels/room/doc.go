// Package room is the meeting while it happens: who is here, what is open, how each agency voted, what was decided and what happens next.
package room
