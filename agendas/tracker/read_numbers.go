package tracker

import "strings"

// notKnownSoFar follows a problem with a value that is left out.
const notKnownSoFar = " It is recorded as Not known."

// readNHSNumber reads an NHS number, however it is spaced, as its ten digits. The last must fit the others:
// one wrong digit would make two people one.
func readNHSNumber(shown string) (number, problem string) {
	const wrong = "This is not an NHS number: ten digits, of which the last fits the others. Check it."
	number = strings.NewReplacer(" ", "", "-", "", "\n", "").Replace(strings.TrimSuffix(shown, ".0"))
	if len(number) != 10 {
		return "", wrong
	}
	sum := 0
	for i, digit := range []byte(number) {
		if digit < '0' || digit > '9' {
			return "", wrong
		}
		if i < 9 {
			sum += int(digit-'0') * (10 - i)
		}
	}
	if check := (11 - sum%11) % 11; check != int(number[9]-'0') {
		return "", wrong
	}
	return number, ""
}

// readUPN reads a unique pupil number: a letter, eleven digits, and a digit or a letter.
func readUPN(shown string) (number, problem string) {
	const wrong = "This is not a unique pupil number: a letter, eleven digits, and a digit or a letter. Check it."
	number = strings.ToUpper(strings.Join(strings.Fields(shown), ""))
	if len(number) != 13 {
		return "", wrong
	}
	for i, letter := range []byte(number) {
		digit, capital := letter >= '0' && letter <= '9', letter >= 'A' && letter <= 'Z'
		if i == 0 && !capital || i > 0 && i < 12 && !digit || !digit && !capital {
			return "", wrong
		}
	}
	return number, ""
}
