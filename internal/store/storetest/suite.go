package storetest

import (
	"testing"

	"attune/internal/store"
)

// Run runs the conformance suite. address returns that of a new, empty
// database.
func Run(t *testing.T, address func(testing.TB) string) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *store.Store)
	}{
		{"Accounts", testAccounts},
		{"BrokenRules", testBrokenRules},
		{"Tokens", testTokens},
		{"Sessions", testSessions},
		{"Links", testLinks},
		{"LinkAtOnce", testLinkAtOnce},
		{"Passwords", testPasswords},
		{"Shares", testShares},
		{"Cases", testCases},
		{"SetCase", testSetCase},
		{"Cycles", testCycles},
		{"SetCycle", testSetCycle},
		{"Pages", testPages},
		{"Standings", testStandings},
		{"NewestFilms", testNewestFilms},
		{"ClipsOfFilms", testClipsOfFilms},
		{"FilmToReady", testFilmToReady},
		{"Receive", testReceive},
		{"Uploads", testUploads},
		{"SameFilm", testSameFilm},
		{"EveryMove", testEveryMove},
		{"Moves", testMoves},
		{"TwoAttempts", testTwoAttempts},
		{"PublishNothing", testPublishNothing},
		{"PublishAtOnce", testPublishAtOnce},
		{"PublishAgainst", testPublishAgainst},
		{"FailAndRetry", testFailAndRetry},
		{"Reels", testReels},
		{"ReelVersions", testReelVersions},
		{"ReelAgain", testReelAgain},
		{"ReelTexts", testReelTexts},
		{"ViewingCopies", testViewingCopies},
		{"Clips", testClips},
		{"ClipVersions", testClipVersions},
		{"KeepAfterPlay", testKeepAfterPlay},
		{"AddClip", testAddClip},
		{"SplitClip", testSplitClip},
		{"DeleteClip", testDeleteClip},
		{"OrderClips", testOrderClips},
		{"ReviewOfFilm", testReviewOfFilm},
		{"Due", testDue},
		{"Place", testPlace},
		{"Requeue", testRequeue},
		{"RequeueWorker", testRequeueWorker},
		{"Working", testWorking},
		{"Failed", testFailed},
		{"Quarantine", testQuarantine},
		{"VaultKeys", testVaultKeys},
		{"Cancelled", testCancelled},
		{"Unknown", testUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, Open(t, address(t)))
		})
	}
	for _, test := range []struct {
		name string
		run  func(*testing.T, func(testing.TB) string)
	}{
		{"ManyDue", testManyDue},
		{"Contention", testContention},
		{"OpenAtOnce", testOpenAtOnce},
		{"Installation", testInstallation},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, address)
		})
	}
}
