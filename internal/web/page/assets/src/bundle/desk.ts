// On every page.
import "htmx.org";
import "../element/live";
import "../element/when";
import "../focus";
