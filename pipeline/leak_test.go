package pipeline

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the package when a goroutine or an object of libav is left.
func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if Held() != 0 {
		fmt.Fprintln(os.Stderr, "left of libav:", heldText())
		code = 1
	}
	os.Exit(code)
}
