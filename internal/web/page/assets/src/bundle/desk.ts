// On every page.
import "htmx.org";
import "../element/when";
import "../focus";
