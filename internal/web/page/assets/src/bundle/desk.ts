// On every page.
import "htmx.org";
import "../element/live";
import "../element/when";
import "../draft";
import "../focus";
