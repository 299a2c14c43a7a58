using System.Text.Json;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Attestation;
using CocoonOrleans.Grains.Workers;

namespace CocoonOrleans.Gateway.Workers;

/// <summary><c>GET /admin/workers</c>: the workers that are connected here, with what their grains know of them.</summary>
public sealed class AdminWorkersEndpoint(WorkerConnections connections, AttestedSessions attested, GrainCalls grains)
{
    /// <summary>Answers the request.</summary>
    public async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        WorkerConnection[] all = [.. connections.All.OrderBy(static connection => connection.WorkerId, StringComparer.Ordinal)];
        WorkerView?[] views = await Task.WhenAll(all.Select(connection => grains.InvokeAsync(
            (client, token) => client.GetGrain<IWorkerGrain>(connection.WorkerId).GetAsync(token), cancellationToken)));
        AttestedSession?[] sessions = await Task.WhenAll(all.Select(connection => attested.FindAsync(connection.WorkerId, cancellationToken)));
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("workers");
                foreach ((WorkerConnection connection, WorkerView? view, AttestedSession? session) in all.Zip(views, sessions))
                {
                    Write(json, connection, view, session);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }),
            "application/json");
    }

    private static void Write(Utf8JsonWriter json, WorkerConnection connection, WorkerView? view, AttestedSession? session)
    {
        json.WriteStartObject();
        json.WriteString("worker_id", connection.WorkerId);
        json.WriteString("name", connection.Registration.WorkerName);
        json.WriteString("provider_id", connection.Registration.ProviderId);
        json.WriteString("engine", $"{connection.Registration.Engine.Kind} {connection.Registration.Engine.Version}");
        json.WriteString("trust", connection.Tunnel.TrustLabel);
        if (connection.Seal.Statement is { } statement)
        {
            json.WriteString("tier", statement.Tier.ToName());
            json.WriteString("statement_hash", statement.Bound.Hash.ToString());
            json.WriteString("statement_expires", statement.Bound.Statement.Expires);
            json.WriteString("evidence_valid_until", statement.ValidUntil);
            json.WriteBoolean("takes_jobs", connection.Seal.IsOpen);
        }

        if (session is not null)
        {
            Write(json, session);
        }

        if (connection.Seal.Statement?.RelaunchBy is { } relaunchBy)
        {
            json.WriteString("relaunch_by", relaunchBy);
        }

        json.WriteString("remote", connection.Tunnel.RemoteEndPoint?.ToString());
        json.WriteNumber("epoch", connection.Epoch);
        json.WriteNumber("running", connection.Tunnel.RunningJobs);
        json.WriteStartArray("models");
        foreach (var model in connection.Registration.Models)
        {
            json.WriteStringValue(model.Name);
        }

        json.WriteEndArray();
        if (view is not null)
        {
            json.WriteBoolean("online", view.Online);
            json.WriteNumber("leases", view.Leases);
            json.WriteNumber("completed", view.Completed);
            json.WriteNumber("failed", view.Failed);
            if (view.ParkedUntil is { } until)
            {
                json.WriteString("parked_until", until);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>What the network knows of its evidence, by the gateway that verified last.</summary>
    private static void Write(Utf8JsonWriter json, AttestedSession session)
    {
        json.WriteString("assurance", session.Evidence.Assurance);
        json.WriteString("platform_id", session.Evidence.PlatformId);
        json.WriteString("image_id", session.Evidence.ImageId);
        json.WriteString("measurement", session.Evidence.Measurement);
        json.WriteBoolean("must_drain", session.Evidence.MustDrain);
        json.WriteString("evidence_verified_at", session.VerifiedAt);
        if (session.RelaunchAdvisedSince is { } since)
        {
            json.WriteString("relaunch_advised_since", since);
        }
    }
}
