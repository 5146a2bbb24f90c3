/** The entry of a process that is one Kafka broker. */
package io.decant.kafka;
