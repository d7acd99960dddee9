package sandbox

import (
	"os/exec"
	"testing"
)

// Who is killed by somebody else is not told to have gone beyond its own limit.
func TestKilledByOthers(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "kill -9 $$")
	_ = cmd.Run() // the state says how it ended
	if crash := classify(cmd.ProcessState, nil, limits{}); crash.What != CrashKilled {
		t.Errorf("it ended by %s: %s", crash.What, crash.Reason)
	}
}
