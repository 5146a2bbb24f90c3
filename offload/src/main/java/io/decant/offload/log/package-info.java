/** What the log is told of things that fail again and again. */
package io.decant.offload.log;
