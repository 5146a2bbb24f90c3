package io.decant.loadtest.peer;

import io.decant.config.AckMode;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.server.InstalledProgram;
import io.decant.loadtest.server.PeerProcess;
import io.decant.loadtest.server.ProcessUsage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** rsyslog: lines by TCP into a file that is synced after each batch of its queue. It acknowledges nothing. */
public final class RsyslogPeer implements MeasuredPeer {

    private static final String NAME = "rsyslog";

    private final PeerProcess process;
    private final Flood flood;
    private final Path file;
    private final int lineBytes;

    public RsyslogPeer(Path program, Path folder, RecordPool pool) throws IOException {
        Files.createDirectories(folder);
        InetSocketAddress address = PeerProcess.freeAddress();
        this.file = folder.resolve("records");
        this.lineBytes = pool.shape().lineBytes();
        Path settings = Files.writeString(folder.resolve("rsyslog.conf"), """
                global(workDirectory="%1$s")
                module(load="imtcp")
                template(name="lines" type="string" string="%%rawmsg%%\\n")
                input(type="imtcp" address="%2$s" port="%3$d" ruleset="records")
                ruleset(name="records") {
                    action(type="omfile" file="%4$s" template="lines" sync="on" flushOnTXEnd="on" ioBufferSize="1m")
                }
                """.formatted(
                        folder, address.getAddress().getHostAddress(), address.getPort(), file));
        this.process = PeerProcess.start(
                NAME,
                List.of(
                        program.toString(),
                        "-n",
                        "-f",
                        settings.toString(),
                        "-i",
                        folder.resolve("rsyslog.pid").toString()),
                folder.resolve("rsyslog.log"));
        try {
            process.awaitListening(address);
            this.flood = new Flood(
                    address, pool, new FloodOptions(1, AckMode.NONE, false, FloodOptions.OUTSTANDING_BYTES_DEFAULT));
        } catch (LoadException e) {
            process.close();
            throw e;
        }
        flood.start();
    }

    /** The program; empty where it is not installed. */
    public static Optional<Path> program() {
        return InstalledProgram.find("rsyslogd");
    }

    @Override
    public long records() throws IOException {
        return Files.exists(file) ? Files.size(file) / lineBytes : 0;
    }

    @Override
    public void requireRunning() {
        process.requireRunning();
        flood.requireRunning();
    }

    @Override
    public Optional<ProcessUsage> usage() {
        return process.usage();
    }

    @Override
    public void close() throws IOException {
        flood.close();
        process.close();
    }
}
