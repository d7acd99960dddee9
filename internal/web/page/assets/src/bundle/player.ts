// For every page that plays a film: <attune-player> and <attune-timeline>.
import "../element/player";
import "../element/timeline";
