/**
 * The far end of the sink: answers immediately and looks at the heads of requests alone, so that it is never what is
 * measured. What is in the bodies is checked in rounds of their own, by the demo's verifier.
 */
package io.decant.loadtest.receive;
