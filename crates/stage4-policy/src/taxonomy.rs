//! A policy with its problem's tasks.

use taskonomy_core::{Dictionary, Node, Policy, Role, TaskId, Taxonomy};

use crate::problem::Problem;

impl Problem {
    /// The policy as a graph of all tasks of the table and of `roles`, with the costs and
    /// importances of this problem and the dictionary's names (an unknown id is its own name).
    ///
    /// A task without a role is source-only when the table has no edge into it. `tool` says what
    /// made it, such as `taskonomy 0.1.0`.
    pub fn taxonomy(&self, policy: Policy, dictionary: &Dictionary, tool: &str) -> Taxonomy {
        let in_table = self.table.targets();
        let role = |id: &TaskId| match self.roles.get(id) {
            Some(role) => *role,
            None if in_table.binary_search(id).is_ok() => Role::Both,
            None => Role::SourceOnly,
        };
        let mut ids = self.table.tasks();
        ids.extend(self.roles.keys().cloned());
        ids.sort();
        ids.dedup();
        let node = |id: TaskId| Node {
            name: dictionary.find(id.as_str()).map_or_else(|_| id.to_string(), |t| t.name.clone()),
            role: role(&id),
            bought: policy.is_bought(&id),
            cost: self.cost_of(&id),
            importance: self.importance_of(&id),
            id,
        };
        let nodes = ids.into_iter().map(node).collect();
        Taxonomy { nodes, policy, tool: tool.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use taskonomy_core::AffinityTable;

    use super::*;

    #[test]
    fn every_task_becomes_a_node() {
        let csv = "target,sources,affinity\nnormals,self,0.9\nnormals,jigsaw,0.1\nown,random,1\n";
        let problem = Problem::new(AffinityTable::read(csv.as_bytes()).unwrap()).budget(1.0);
        let policy = problem.solve().unwrap();
        let taxonomy = problem.taxonomy(policy, &Dictionary::builtin(), "test");
        let rows: Vec<_> = taxonomy
            .nodes
            .iter()
            .map(|n| format!("{} {:?} {} {}", n.name, n.role, n.bought, n.cost))
            .collect();
        assert_eq!(
            rows,
            [
                "Jigsaw SourceOnly false 1",
                "Surface normals Both true 1",
                "own Both false 1",
                "Random projection SourceOnly true 0"
            ]
        );
    }
}
