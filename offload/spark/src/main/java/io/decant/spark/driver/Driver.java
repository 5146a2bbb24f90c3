package io.decant.spark.driver;

import io.decant.offload.files.AttemptFailure;
import io.decant.offload.files.HadoopLogin;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.RequestFormat;
import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.JobResult;
import io.decant.spark.driver.Answers.DriverException;
import io.decant.spark.job.StagedJob;
import io.decant.spark.userjob.UserClassLoader;
import io.decant.spark.userjob.UserJobException;
import io.decant.spark.userjob.UserRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what it is asked for, one job after another on a thread of its own, while {@link #run} reads on and answers
 * pings. Its life is its input's.
 */
public final class Driver implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Driver.class);

    /** The server sends a job when the one before it is done; more than a few waiting are a mistake. */
    private static final int JOBS_MAX = 64;

    private static final String OVERHEAD = "spark.executor.memoryOverhead";

    /** Spark counts the driver among its executors. */
    private static final int DRIVER = 1;

    private final Answers answers;
    private final Path jars;
    private final Runnable lost;
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(JOBS_MAX), work -> new Thread(work, "decant-jobs"));
    private volatile JavaSparkContext spark;
    private volatile boolean ending;
    /** The user's job that is under way; null: none. */
    private volatile UserRun running;
    /** What was submitted to YARN; null: nothing. */
    private volatile StartedApplication application;

    /**
     * @param answers where it says what it does
     * @param jars folder of its own class path
     * @param lost called when Spark has ended by itself, after which nothing can be done here any more
     */
    public Driver(Answers answers, Path jars, Runnable lost) {
        this.answers = answers;
        this.jars = jars;
        this.lost = lost;
    }

    /**
     * Takes requests until one to stop, or the end of them.
     *
     * @param requests a line each
     */
    public void run(BufferedReader requests) throws IOException {
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            if (!take(RequestFormat.parse(line))) {
                return;
            }
        }
        log.info("the server has exited");
    }

    /** @return whether more may come */
    private boolean take(DriverRequest request) {
        if (request instanceof DriverRequest.Ping ping) {
            answers.send(new DriverAnswer.Pong(ping.id()));
        } else if (request instanceof DriverRequest.Start start) {
            submit(DriverAnswer.NO_JOB, () -> start(start));
        } else if (request instanceof DriverRequest.Job job) {
            submit(job.id(), () -> part(job));
        } else if (request instanceof DriverRequest.Run run) {
            submit(run.id(), () -> run(run));
        } else if (request instanceof DriverRequest.Cancel cancel) {
            cancel(cancel);
        }
        return !(request instanceof DriverRequest.Stop);
    }

    /** What is to be done, and may fail. */
    private interface Work {
        void run() throws IOException, UserJobException;
    }

    private void submit(String job, Work work) {
        try {
            worker.execute(() -> tryTo(job, work));
        } catch (RejectedExecutionException e) {
            answers.send(new DriverAnswer.Failed(job, "more than " + JOBS_MAX + " jobs are waiting", false));
        }
    }

    private void tryTo(String job, Work work) {
        try {
            work.run();
        } catch (Throwable e) {
            // Spark's and YARN's checked exceptions come out of Scala's code undeclared.
            if (e instanceof DriverException nobodyReads) {
                throw nobodyReads;
            }
            if (e instanceof Error error && !AttemptFailure.covers(error)) {
                throw error;
            }
            if (!ending) {
                log.warn(job.isEmpty() ? "Spark does not start" : "a job failed", e);
                Failure failure = Failure.of(e);
                answers.send(new DriverAnswer.Failed(
                        job,
                        job.isEmpty() ? endOfApplication(failure.message()) : failure.message(),
                        failure.isPermanent()));
            }
        }
    }

    /**
     * What YARN says of the end of our application, which is more than Spark does; otherwise what is known without it.
     */
    private String endOfApplication(String known) {
        StartedApplication submitted = application;
        if (submitted != null) {
            try {
                return submitted.ended().orElse(known);
            } catch (IOException | YarnException | RuntimeException e) {
                log.debug("YARN does not say why the application ended", e);
            }
        }
        return known;
    }

    private void start(DriverRequest.Start request) throws IOException {
        SparkSettings settings = request.settings();
        HadoopLogin.ensure(
                System.getenv(), !settings.onCluster() && settings.hadoopConf().isEmpty());
        List<Path> userJars = settings.userJars().stream().map(Path::of).toList();
        // Before Spark starts: its threads inherit it.
        Thread.currentThread().setContextClassLoader(new UserClassLoader(userJars, Driver.class.getClassLoader()));
        JavaSparkContext started = start(settings);
        started.sc().addSparkListener(new SparkListener() {
            @Override
            public void onApplicationEnd(SparkListenerApplicationEnd event) {
                noticeEnd();
            }
        });
        spark = started;
        log.info("Spark is ready as {}", started.sc().applicationId());
        answers.send(new DriverAnswer.Ready(started.sc().applicationId()));
    }

    private JavaSparkContext start(SparkSettings settings) throws IOException {
        if (!settings.onYarn()) {
            return SparkStart.start(settings, jars);
        }
        StartedApplication submitted = new StartedApplication(SparkStart.hadoop(settings, jars));
        application = submitted;
        try (Watch watch = new Watch("decant-start-watch", () -> tellWhatStartWaitsFor(submitted))) {
            return SparkStart.start(settings, jars, submitted.tag());
        }
    }

    /** Spark itself says nothing until it has its application master. */
    private void tellWhatStartWaitsFor(StartedApplication submitted) {
        try {
            submitted.waiting().ifPresent(why -> answers.send(new DriverAnswer.Waiting(DriverAnswer.NO_JOB, why)));
        } catch (IOException e) {
            answers.send(new DriverAnswer.Waiting(
                    DriverAnswer.NO_JOB,
                    "YARN does not answer: " + Failure.of(e).message()));
        } catch (YarnException | RuntimeException e) {
            log.debug("YARN does not say why it waits", e);
        }
    }

    /** Nothing when Spark needs no executor, or has one; that it has one where it was told that there is none. */
    private void tellWhatJobWaitsFor(String job, JobReport report) {
        if (!spark.sc().isLocal() && spark.sc().getExecutorMemoryStatus().size() <= DRIVER) {
            SparkConf conf = spark.getConf();
            String each = conf.get("spark.executor.memory")
                    + (conf.contains(OVERHEAD) ? " and " + conf.get(OVERHEAD) : "") + ", "
                    + conf.get("spark.executor.cores") + " cores";
            answers.send(new DriverAnswer.Waiting(
                    job,
                    spark.sc().applicationId() + " has no executor: "
                            + (conf.get("spark.master").equals(SparkSettings.YARN)
                                    ? "YARN has given it no container for one of " + each + ", in queue "
                                            + conf.get("spark.yarn.queue")
                                    : conf.get("spark.master") + " has no worker with room for one of " + each)));
            report.waits();
        } else {
            report.goesOn();
        }
    }

    private void noticeEnd() {
        if (!ending) {
            String why = endOfApplication("Spark has ended by itself");
            log.error("Spark has ended: {}", why);
            try {
                answers.send(new DriverAnswer.Failed(DriverAnswer.NO_JOB, why, false));
            } finally {
                lost.run();
            }
        }
    }

    private void part(DriverRequest.Job request) throws IOException {
        if (spark == null) {
            throw new IOException("Spark has not started");
        }
        long startNanos = System.nanoTime();
        JobProgress progress = JobProgress.ofBuckets(request.id(), answers::send, System::nanoTime);
        spark.sc().addSparkListener(progress);
        try (JobReport report = report(request.id(), request.staged());
                Watch watch = new Watch("decant-executor-watch", () -> tellWhatJobWaitsFor(request.id(), report))) {
            StagedJob job = new StagedJob(
                    spark, pathText(request.staged()), UUID.randomUUID().toString());
            JobResult result = job.run(request.sinks(), request.runs(), report::begins);
            progress.end();
            answers.send(new DriverAnswer.Done(
                    request.id(),
                    job.out(),
                    result.multiplicities().buckets(),
                    result.multiplicities().records(),
                    result.keyless(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                    report.soFar()));
        } finally {
            progress.end();
            spark.sc().removeSparkListener(progress);
        }
    }

    private JobReport report(String job, String staged) {
        boolean hasHosts = !"file".equals(URI.create(staged).getScheme());
        return new JobReport(job, hasHosts, spark, SparkStart.slots(spark.getConf()), answers::send);
    }

    /** Hadoop has names of directories in its paths as they are, a URI has some of their characters escaped. */
    private static String pathText(String uri) {
        return new org.apache.hadoop.fs.Path(URI.create(uri)).toString();
    }

    private void run(DriverRequest.Run request) throws IOException, UserJobException {
        if (spark == null) {
            throw new IOException("Spark has not started");
        }
        long startNanos = System.nanoTime();
        UserRun run = new UserRun(spark, request, Thread.currentThread().getContextClassLoader());
        running = run;
        JobProgress progress = JobProgress.ofUser(request.id(), answers::send, System::nanoTime);
        spark.sc().addSparkListener(progress);
        try (JobReport report = report(request.id(), request.staged());
                Watch watch = new Watch("decant-executor-watch", () -> tellWhatJobWaitsFor(request.id(), report))) {
            log.info("{}: {} begins", request.id(), request.className());
            answers.send(new DriverAnswer.Began(request.id(), ""));
            UserRun.Outcome outcome = run.run(report::begins);
            progress.end();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            log.info("{}: {} after {} ms", request.id(), outcome.before() ? "was there before" : "done", millis);
            answers.send(new DriverAnswer.Ran(request.id(), outcome.out(), outcome.before(), millis, report.soFar()));
        } finally {
            progress.end();
            spark.sc().removeSparkListener(progress);
            running = null;
        }
    }

    private void cancel(DriverRequest.Cancel request) {
        UserRun run = running;
        if (run != null && run.id().equals(request.id())) {
            run.cancel(request.why());
        }
    }

    /** Gives up what is not done, and ends Spark, which may take seconds. */
    @Override
    public void close() {
        ending = true;
        worker.shutdownNow();
        JavaSparkContext started = spark;
        if (started != null) {
            started.stop();
        }
    }

    /** Looks every few seconds at what is waited for, on a thread of its own, from its making to its close. */
    private static final class Watch implements AutoCloseable {

        private static final long EVERY_SECONDS = 5;

        private final ScheduledExecutorService thread;

        Watch(String name, Runnable look) {
            thread = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread watch = new Thread(work, name);
                watch.setDaemon(true);
                return watch;
            });
            var unused = thread.scheduleWithFixedDelay(look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }
}
