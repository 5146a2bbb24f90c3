/** Records, keys and the bucket rule: the k-th occurrence of a key in a batch goes to bucket k. */
package io.decant.bucketer;
