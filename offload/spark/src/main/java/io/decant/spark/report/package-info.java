/** What a cluster is expected to make of a job, and what it has made of it: tasks, waves and times, stage by stage. */
package io.decant.spark.report;
