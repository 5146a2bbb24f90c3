/** When things that failed are tried again. */
package io.decant.offload.retry;
